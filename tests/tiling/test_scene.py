import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiling import SceneRecord
from tiling.errors import SceneRecordError

finite = st.floats(allow_nan=False, allow_infinity=False)


def test_a_record_survives_json(make_record):
    record = make_record(path="a \udcff \u00e9.tif", crs='PROJCRS["x"]', from_gcps=True)
    assert SceneRecord.from_json(record.to_json()) == record


def test_what_is_unusual_survives_json_and_what_is_usual_is_left_out(make_record):
    usual = make_record()
    unusual = {"fill": (-9999.0,), "ignores_alpha": True, "ignores_overviews": True,
               "side_files": "x", "notes": ("a", "b")}  # fmt: skip
    assert not set(unusual) & set(json.loads(usual.to_json()))
    record = make_record(**unusual)
    assert SceneRecord.from_json(record.to_json()) == record


@given(st.tuples(finite, finite, finite, finite, finite, finite), st.floats(-1e300, 1e300))
def test_numbers_survive_json_to_the_last_digit(transform, low):
    record = SceneRecord(
        "x", "sha256:", 0, 0, "EPSG:4326", transform, 1, 1, "float64", (1, 1, 1),
        ((low, low + abs(low) + 1),) * 3, 0.1, 1 / 3, palette=False, from_gcps=False,
    )  # fmt: skip
    again = SceneRecord.from_json(record.to_json())
    assert (again.transform, again.stretch) == (record.transform, record.stretch)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"gsd_x_m": float("nan")}, "not finite"),
        ({"transform": (1, 0, float("inf"), 0, 1, 0)}, "not finite"),
        ({"stretch": ((0.0, float("nan")),) * 3}, "not finite"),
        ({"stretch": ((1.0, 1.0),) * 3}, "empty stretch"),
        ({"stretch": ((0.0, 1.0),)}, "3 stretches"),
        ({"transform": (1, 2, 3)}, "6 transform"),
        ({"gsd_y_m": 0.0}, "without length"),
        ({"width": 0}, "0 x 800"),
        ({"bands": (0, 1, 1)}, "bands"),
    ],
)
def test_a_record_cannot_be_wrong(make_record, changes, complaint):
    with pytest.raises(SceneRecordError, match=complaint):
        make_record(**changes)


def test_a_foreign_record_is_refused(make_record):
    values = json.loads(make_record().to_json())
    with pytest.raises(SceneRecordError, match="unknown setting mood"):
        SceneRecord.from_json(json.dumps(values | {"mood": 1}))
    with pytest.raises(SceneRecordError, match=r"stretch: found 3 values, wanted 2"):
        SceneRecord.from_json(json.dumps(values | {"stretch": [[0, 1, 2]] * 3}))
    with pytest.raises(SceneRecordError, match="lacks 'crs'"):
        SceneRecord.from_json(json.dumps({k: v for k, v in values.items() if k != "crs"}))
    with pytest.raises(SceneRecordError, match="gsd_x_m: found nan"):
        SceneRecord.from_json(json.dumps(values | {"gsd_x_m": float("nan")}))

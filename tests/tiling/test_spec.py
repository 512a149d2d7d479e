import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiling import ChipSpec
from tiling.errors import ChipSpecError
from tiling.spec import StretchRule, parse_stretch

lengths = st.floats(1e-3, 1e6)
modes = st.one_of(
    st.just({}),
    st.builds(lambda gsd: {"gsd_m": gsd}, lengths),
    st.builds(lambda sizes: {"ground_sizes_m": tuple(sizes)}, st.sets(lengths, min_size=1)),
    st.just({"native": True}),
)
stretches = st.one_of(
    st.sampled_from(["auto", "none", "percentile", "0,3000", " -1.5 , 2e3 "]),
    st.tuples(st.floats(-1e9, 0), st.floats(1, 1e9)).map(lambda pair: f"{pair[0]},{pair[1]}"),
)


@given(
    st.integers(1, 4096),
    modes,
    st.floats(0, 0.95),
    st.floats(0, 1),
    st.sampled_from([(), (2,), (3, 2, 1)]),
    stretches,
)
def test_a_specification_survives_json(size_px, mode, overlap, min_valid, bands, stretch):
    spec = ChipSpec(
        size_px, overlap=overlap, min_valid=min_valid, bands=bands, stretch=stretch, **mode
    )
    text = spec.to_json()
    assert ChipSpec.from_json(text) == spec
    assert ChipSpec.from_json(text).to_json() == text


def test_equal_wishes_have_equal_json():
    one = ChipSpec(ground_sizes_m=(400, 100), stretch="0,10")
    two = ChipSpec(ground_sizes_m=[100.0, 400.0], stretch=" 0.0, 1e1 ")
    assert one == two
    assert one.to_json() == two.to_json()


@pytest.mark.parametrize(
    ("wishes", "complaint"),
    [
        ({"size_px": 0}, "whole number of pixels"),
        ({"size_px": 5000}, "1 to 4096"),
        ({"size_px": 1.5}, "whole number"),
        ({"size_px": True}, "whole number"),
        ({"gsd_m": 1.0, "native": True}, "only one of"),
        ({"gsd_m": 1.0, "ground_sizes_m": (10,)}, "only one of"),
        ({"gsd_m": 0.0}, "above 0 m"),
        ({"gsd_m": float("nan")}, "above 0 m"),
        ({"gsd_m": float("inf")}, "above 0 m"),
        ({"gsd_m": 1e308}, "at most 40,000,000 m"),
        ({"ground_sizes_m": (100, 40_000_001)}, "at most 40,000,000 m"),
        ({"ground_sizes_m": (10, -1)}, "above 0 m"),
        ({"ground_sizes_m": (10, 10)}, "repeat"),
        ({"overlap": 1.0}, "overlap"),
        ({"overlap": -0.1}, "overlap"),
        ({"overlap": float("nan")}, "overlap"),
        ({"min_valid": 1.1}, "min_valid"),
        ({"bands": (1, 2)}, "one band or three"),
        ({"bands": (0,)}, "counted from 1"),
        ({"bands": (1, 2, True)}, "counted from 1"),
        ({"stretch": "bright"}, "LOW,HIGH"),
        ({"stretch": "5,5"}, "lower one first"),
        ({"stretch": "1,inf"}, "finite"),
        ({"stretch": "1,2,3"}, "LOW,HIGH"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(wishes, complaint):
    with pytest.raises(ChipSpecError, match=complaint):
        ChipSpec(**wishes)


def test_a_fixed_stretch_is_read():
    assert parse_stretch("-10, 2.5e3") == StretchRule("fixed", -10.0, 2500.0)
    assert parse_stretch(" AUTO ") == StretchRule("auto")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda v: v | {"colour": 1}, "unknown setting colour"),
        (lambda v: {k: v[k] for k in v if k != "overlap"}, "lacks 'overlap'"),
        (lambda v: v | {"size_px": "160"}, "size_px: .* kind int"),
        (lambda v: v | {"native": 1}, "native: .* kind bool"),
        (lambda v: v | {"stretch": None}, "stretch: .* kind str"),
        (lambda v: v | {"bands": 3}, "a list"),
        (lambda v: v | {"overlap": "half"}, "overlap: .* kind float"),
        (lambda v: v | {"overlap": float("nan")}, "overlap: found nan, wanted a finite number"),
        (lambda v: v | {"overlap": 10**400}, "a finite number"),
        (lambda v: [v], "found list"),
    ],
)
def test_foreign_json_is_refused_by_name(change, complaint):
    text = json.dumps(change(json.loads(ChipSpec().to_json())))
    with pytest.raises(ChipSpecError, match=complaint):
        ChipSpec.from_json(text)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("", "JSON"), ("{", "JSON"), ("NaN", "found float"), ("[" * 100_000, "JSON")],
)  # fmt: skip
def test_text_that_is_not_json_is_refused(text, complaint):
    with pytest.raises(ChipSpecError, match=complaint):
        ChipSpec.from_json(text)

"""When scenes were taken: by tags, STAC items and names, and never by a number that is no date."""

import json
import os
from datetime import datetime, timedelta, timezone

import pytest
import rasterio

from tests.conftest import painted_pixels
from tiling import ChipSpec, SceneRecord, describe_scene
from tiling.acquired import date_in_name
from tiling.dates import span_of
from tiling.describe import when_taken
from tiling.errors import SceneRecordError

DAY, MOMENT = "2020-07-19", "2020-07-19T10:50:31Z"
TOMORROW_BUT_TWO = datetime.now(timezone.utc) + timedelta(days=3)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("ortho_20200719.tif", DAY),
        ("2020-07-19.tif", DAY),
        ("town (2020-07-19) west.tif", DAY),
        ("20200719.v2.tif", DAY),
        ("20200719_103045_1032_3B_AnalyticMS.tif", DAY),
        ("20200719103045.tif", DAY),
        ("crop_20200719_of_20200719.tif", DAY),
        ("20200719T256199.tif", DAY),
        ("row_19441231_col.tif", "1944-12-31"),
        ("T20200719T105031.tif", MOMENT),
        ("T31UFT_20200719T105031_B04.jp2", MOMENT),
        ("2020-07-19T10-50-31Z.tif", MOMENT),
        ("S2A_MSIL1C_20200719T105031_N0209_R051_T31UFT_20200719T125432.tif", MOMENT),
        ("LC08_L1TP_198024_20200719_20200722_02_T1_B{4,3,2}.TIF", DAY),
        ("m_3807708_ne_18_060_20200719_20200812.tif", DAY),
    ],
)
def test_dates_in_names(name, wanted):
    assert date_in_name(name) == wanted


@pytest.mark.parametrize(
    "name",
    [
        "12345678.tif", "tile_20201301.tif", "tile_20200230.tif", "tile_00000000.tif",
        "620200719.tif", "202007191.tif", "202007191030.tif", "103001009A5B20200719.tif",
        "TQ20201231.tif", "x20200719.tif", "20200719a.tif", "\u0422T20200719.tif",
        "18570101.tif", f"{TOMORROW_BUT_TWO:%Y%m%d}.tif", "99991231.tif",
        "mosaic_20200101_20201231.tif", "2020-07-19-05.tif", "512-2020-07-19.tif",
        "2020-0719.tif", "area_2020_07_19.tif", "2020.tif", "naip_2019_5m.tif", "200719.tif",
        "\u0662\u0660\u0662\u0660\u0660\u0667\u0661\u0669.tif",
        "swissimage-dop10_2020_2600-1200.tif", "",
    ],
)  # fmt: skip
def test_numbers_that_are_no_dates(name):
    assert not date_in_name(name)


def tagged(path, domain=None, **tags):
    with rasterio.open(path, "r+") as scene:
        scene.update_tags(ns=domain, **tags)
    return str(path)


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ({"TIFFTAG_DATETIME": "2020:07:19 10:50:31"}, DAY),  # of no zone: the day alone
        ({"EXIF_DateTimeOriginal": "2020:07:19 23:59:59"}, DAY),
        ({"NITF_IDATIM": "20200719105031"}, MOMENT),
        ({"DATATAKE_1_DATATAKE_SENSING_START": "2020-07-19T10:50:31.000Z"}, MOMENT),
        ({"acquisition_date": "2020-07-19"}, DAY),
        ({"DATE_ACQUIRED": "2020-07-19", "TIFFTAG_DATETIME": "2021:01:02 00:00:00"}, DAY),
        ({"TIFFTAG_DATETIME": "0000:00:00 00:00:00"}, ""),
        ({"TIFFTAG_DATETIME": "2990:01:02 00:00:00"}, ""),
        ({"DATE_ACQUIRED": "2020"}, ""),
        ({"DATE_ACQUIRED": "soon"}, ""),
    ],
)
def test_dates_in_tags(make_scene, tags, wanted):
    path = tagged(make_scene(), **tags)
    assert when_taken(path) == wanted
    assert describe_scene(path, ChipSpec()).taken == wanted


def test_a_date_in_the_name_goes_before_the_time_the_file_was_written(make_scene):
    path = tagged(make_scene(name="a_20200719.tif"), TIFFTAG_DATETIME="2023:01:02 00:00:00")
    assert when_taken(path) == DAY
    tagged(path, "IMAGERY", ACQUISITIONDATETIME="2020-07-18 22:00:01")
    assert when_taken(path) == "2020-07-18T22:00:01Z"


def item(assets=(), **properties):
    page = {"type": "Feature", "stac_version": "1.0.0", "properties": properties}
    return json.dumps({**page, "assets": {str(n): {"href": one} for n, one in enumerate(assets)}})


def test_a_stac_item_beside_the_scene(make_scene, tmp_path):
    path = tagged(make_scene(name="a_20190101.tif"), TIFFTAG_DATETIME="2023:01:02 00:00:00")
    (tmp_path / "a_20190101.json").write_text(item(datetime="2020-07-19T12:50:31+02:00"))
    assert when_taken(path) == MOMENT
    both = {"start_datetime": "2020-07-19T00:00:00Z", "end_datetime": "2020-07-20T00:00:00Z"}
    (tmp_path / "a_20190101.json").write_text(item(datetime=None, **both))
    assert when_taken(path) == "2020-07-19T00:00:00Z/2020-07-20T00:00:00Z"


def test_a_stac_item_that_names_the_scene_as_an_asset(make_scene, tmp_path):
    path = str(make_scene(name="two words.tif"))
    (tmp_path / "other.json").write_text(
        item(["https://x.org/a.tif"], datetime="2011-01-01T00:00Z")
    )
    assert when_taken(path) == ""
    (tmp_path / "item.json").write_text(item(["./two%20words.tif?x=1"], datetime=MOMENT))
    os.utime(tmp_path, ns=(1, 1))
    assert when_taken(path) == MOMENT


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "3", "[" * 100_000, '{"type": "Feature", "stac_version": 3}',
        '{"type": "Feature", "properties": {"datetime": "2020-07-19T00:00:00Z"}}',
        item(datetime="yesterday"), item(datetime=None), item(start_datetime=DAY),
        item(datetime=7), '{"type": "Feature", "stac_version": "1", "properties": 7}',
        '{"type":"Feature","stac_version":"1","properties":{"datetime":"2020-07-19"},"assets":[7]}',
    ],
)  # fmt: skip
def test_what_is_no_item_says_nothing(make_scene, tmp_path, text):
    path = str(make_scene(name="scene.tif"))
    (tmp_path / "other.json").write_text(text)
    assert when_taken(path) == ""


def test_the_metadata_file_of_a_landsat_product(make_scene, tmp_path):
    name = "LC08_L1TP_198024_20200101_20200722_02_T1"
    for band in (2, 3, 4):
        make_scene(painted_pixels(400, 320)[:1], name=f"{name}_B{band}.TIF")
    text = 'DATE_ACQUIRED = 2020-07-19\n    SCENE_CENTER_TIME = "10:50:31.1234560Z"\n'
    (tmp_path / f"{name}_MTL.txt").write_text(f"GROUP = X\n    {text}END\n")
    for path in (f"{name}_B4.TIF", f"{name}_B{{4,3,2}}.TIF"):
        assert when_taken(str(tmp_path / path)) == "2020-07-19T10:50:31.123456Z"


def test_a_record_keeps_the_date_and_that_there_is_none(make_scene):
    path = str(make_scene(name="a_20200719.tif"))
    record = describe_scene(path, ChipSpec())
    assert SceneRecord.from_json(record.to_json()) == record
    plain = describe_scene(str(make_scene(name="a.tif")), ChipSpec())
    assert SceneRecord.from_json(plain.to_json()).taken == ""
    assert SceneRecord.from_json(plain.to_json().replace('"taken":"",', "")).taken is None
    with pytest.raises(SceneRecordError, match="no date"):
        SceneRecord.from_json(record.to_json().replace(DAY, "2020-07-32"))


@pytest.mark.parametrize("text", ["", "x", "2020-13", "2020-02-30", "20200719", "../2020", "9999",
                                  "2020-07-20/2020-07-19", "0001-01-01T00:00:00+05:00", "2020-W01",
                                  "2020-07-19T10", "\u0662\u0660\u0662\u0660"])  # fmt: skip
def test_texts_that_are_no_dates(text):
    with pytest.raises(ValueError, match=r"."):
        span_of(text)

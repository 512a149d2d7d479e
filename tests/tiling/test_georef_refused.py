"""What is said where a scene has no place on Earth."""

import pytest
from pyproj import CRS
from pyproj.exceptions import CRSError

from tiling.errors import NoGeoreferenceError
from tiling.georef import ground_sample_distance, short_crs


@pytest.mark.parametrize(
    ("crs", "said"),
    [
        ("EPSG:32633", "EPSG:32633"),
        ("x" * 39, "x" * 39),
        ("x" * 40, "its CRS"),
        ('PROJCRS["A town of its own",BASEGEOGCRS["WGS 84"]]', "A town of its own"),
    ],
)
def test_messages_name_a_crs_in_a_few_words(crs, said):
    assert short_crs(crs) == said


def test_a_refusal_says_what_pyproj_said_cut_to_120_letters(monkeypatch):
    named = 'PROJCRS["' + "x" * 200
    with pytest.raises(CRSError) as said:
        CRS.from_user_input(named)
    words = str(said.value).splitlines()[0]
    for name in ("PROJ_LIB", "PROJ_DATA"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NoGeoreferenceError) as refused:
        ground_sample_distance(named, (1, 0, 0, 0, -1, 0), 100, 100)
    assert f"({words[:120]})" in str(refused.value)
    assert len(words) > 120
    assert "unset" not in str(refused.value)


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (["PROJ_LIB"], "or unset PROJ_LIB, which"),
        (["PROJ_DATA"], "or unset PROJ_DATA, which"),
        (["PROJ_LIB", "PROJ_DATA"], "or unset PROJ_LIB and PROJ_DATA, which"),
    ],
)
def test_a_refusal_names_the_proj_of_another_program(monkeypatch, names, hint):
    for name in ("PROJ_LIB", "PROJ_DATA"):
        monkeypatch.delenv(name, raising=False)
    for name in names:
        monkeypatch.setenv(name, "/usr/share/other")
    with pytest.raises(NoGeoreferenceError, match=f"EPSG:99998 .*{hint}"):
        ground_sample_distance("EPSG:99998", (1, 0, 0, 0, -1, 0), 100, 100)


def test_a_refusal_names_the_place_that_is_none():
    transform = (10, 1, 500_000, 2, -10, 5_000_000)
    with pytest.raises(NoGeoreferenceError, match=r"\(500600, 4999100\)"):
        ground_sample_distance("EPSG:4326", transform, 100, 200)


@pytest.mark.parametrize(("north", "is_placed"), [(89.8, True), (89.9, False), (90.5, False)])
def test_a_centre_beyond_the_pole_has_no_place(north, is_placed):
    """The quarters of its height count, where the pixel is measured."""
    transform = (0.01, 0, 10, 0, -0.01, north + 0.25)
    if is_placed:
        assert min(ground_sample_distance("EPSG:4326", transform, 50, 50)) > 0
    else:
        with pytest.raises(NoGeoreferenceError, match="has no place on Earth"):
            ground_sample_distance("EPSG:4326", transform, 50, 50)

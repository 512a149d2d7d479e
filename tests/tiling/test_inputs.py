import os
from pathlib import Path

import pytest

from tiling import find_scenes
from tiling.errors import UnreadableSceneError
from tiling.formats import stat_file


@pytest.fixture
def folder(tmp_path):
    for name in ("b.tif", "a.TIFF", "c.txt", "._a.tif", "deep/er/d.Tif", "deep/e.jpg", "[x]/f.tif"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def names(found, folder):
    return [os.path.relpath(path, folder).replace(os.sep, "/") for path in found.paths]


def test_a_folder_is_searched_through_and_through(folder):
    found = find_scenes([str(folder)])
    assert names(found, folder) == ["[x]/f.tif", "a.TIFF", "b.tif", "deep/er/d.Tif"]
    assert found.problems == ()


def test_a_named_file_of_any_ending_is_passed_on(folder):
    assert names(find_scenes([str(folder / "c.txt")]), folder) == ["c.txt"]


def test_patterns_match(folder):
    assert names(find_scenes([str(folder / "*.tif")]), folder) == ["b.tif"]
    assert names(find_scenes([str(folder / "**" / "*.[Tt]if")]), folder) == [
        "[x]/f.tif", "b.tif", "deep/er/d.Tif",
    ]  # fmt: skip
    assert names(find_scenes([str(folder / "d*")]), folder) == ["deep/er/d.Tif"]


def test_a_name_that_looks_like_a_pattern_is_a_name_first(folder):
    assert names(find_scenes([str(folder / "[x]")]), folder) == ["[x]/f.tif"]


def test_the_order_is_that_of_the_inputs_each_file_once(folder):
    (folder / "link.tif").symlink_to(folder / "b.tif")
    given = [folder / "b.tif", folder / "deep", folder, folder / "link.tif"]
    found = find_scenes([str(path) for path in given])
    assert names(found, folder) == ["b.tif", "deep/er/d.Tif", "[x]/f.tif", "a.TIFF"]


def test_folders_that_hold_each_other_come_to_an_end(folder):
    (folder / "deep" / "up").symlink_to(folder)
    (folder / "deep" / "er" / "self").symlink_to(folder / "deep" / "er")
    assert len(find_scenes([str(folder)]).paths) == 4


def test_addresses_pass_untouched():
    urls = ["https://example.org/a.tif", "HTTP://example.org/b", "https://example.org/a.tif"]
    assert find_scenes(urls).paths == tuple(urls[:2])


def test_home_is_understood(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    assert names(find_scenes([str(Path("~") / "b.tif")]), folder) == ["b.tif"]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("missing.tif", "does not exist"),
        ("", "an empty name"),
        (" ", "an empty name"),
        ("a\0b", "does not exist"),
        ("x" * 5000, "does not exist"),
        ("no/such/*.tif", "matches no file"),
        (r"C:\data\x.tif", "does not exist"),
        ("/vsizip//data/x.zip/y.tif", "unpack"),
        ("zip:///data/x.zip!y.tif", "unpack"),
        ('NETCDF:"x.nc":rain', "gdal_translate"),
        ("GTIFF_DIR:2:x.tif", "gdal_translate"),
        ("ftp://x.org/a.tif", "https, s3"),
    ],
)
def test_an_input_that_gives_nothing_is_a_problem(given, complaint):
    found = find_scenes([given])
    assert found.paths == ()
    assert [problem.path for problem in found.problems] == [given]
    assert complaint in found.problems[0].reason


def test_a_folder_without_rasters_is_a_problem(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    (problem,) = find_scenes([str(tmp_path)]).problems
    assert problem.path == str(tmp_path)
    assert "no raster (.tif" in problem.reason


def test_what_a_folder_holds_in_a_form_that_is_not_read_is_told(folder):
    for name in ("S2A_MSIL2A.SAFE.zip", "deep/LC09.TAR", "._b.zip", "rain.nc", "notes.docx"):
        (folder / name).write_bytes(b"x")
    found = find_scenes([str(folder), str(folder / "deep")])
    assert names(found, folder) == ["[x]/f.tif", "a.TIFF", "b.tif", "deep/er/d.Tif"]
    wanted = ["S2A_MSIL2A.SAFE.zip", "deep/LC09.TAR", "rain.nc"]
    assert found.unread == tuple(str(folder / name) for name in wanted)
    assert found.problems == ()


def test_an_unreadable_folder_is_a_problem_and_the_rest_goes_on(folder, monkeypatch):
    scandir = os.scandir

    def guarded(path):
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    found = find_scenes([str(folder)])
    assert names(found, folder) == ["[x]/f.tif", "a.TIFF", "b.tif"]
    (problem,) = found.problems
    assert problem.path == str(folder / "deep")
    assert "Permission denied" in problem.reason


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_locked_folder_is_a_problem(folder):
    (folder / "deep").chmod(0)
    try:
        assert "Permission" in find_scenes([str(folder / "deep")]).problems[0].reason
    finally:
        (folder / "deep").chmod(0o755)


def test_only_files_have_a_size(tmp_path):
    with pytest.raises(UnreadableSceneError, match="not a file"):
        stat_file(str(tmp_path))
    with pytest.raises(UnreadableSceneError, match="cannot be read"):
        stat_file("a\0b")


SIGNED = [
    "https://x.org/a.tif?X-Amz-Algorithm=AWS4&X-Amz-Date=1&X-Amz-Expires=9&X-Amz-Signature=abc",
    "https://x.org/a.tif?AWSAccessKeyId=1&Signature=abc&Expires=17",
    "https://x.org/a.tif?X-Goog-Signature=abc&X-Goog-Expires=3",
    "https://x.org/a.tif?sv=2022&se=2026-01-01&sr=b&sp=r&sig=abc%3D",
    "https://x.org/a.tif?Policy=a&Signature=abc&Key-Pair-Id=K",
    "https://x.org/a.tif?access_token=abc",
    "https://me:abc@x.org/a.tif",
]


@pytest.mark.parametrize("address", SIGNED)
def test_a_scene_goes_by_its_address_without_signature(address):
    assert find_scenes([address]).paths == ("https://x.org/a.tif",)


def test_what_is_no_signature_stays_in_an_address():
    address = "https://x.org/wcs?coverage=a%2Fb&f=tiff&sig=abc"
    assert find_scenes([address]).paths == ("https://x.org/wcs?coverage=a%2Fb&f=tiff",)


def test_other_spellings_are_understood(folder):
    given = [f"{(folder / 'b.tif').as_uri()}", "/vsicurl/https://x.org/a.tif", "/vsis3/b/k.tif",
             "gs://b/k.tif", "az://c/k.tif"]  # fmt: skip
    found = find_scenes(given).paths
    assert found == (str(folder / "b.tif"), "https://x.org/a.tif", "s3://b/k.tif", *given[3:])

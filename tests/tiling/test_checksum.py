import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tiling import ChipSpec, describe_scene
from tiling.checksum import same_file, scene_checksum
from tiling.errors import UnreadableSceneError


def test_the_checksum_is_that_of_the_bytes(tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(os.urandom(3_000_001))
    assert scene_checksum(str(path)) == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def test_a_file_untouched_is_the_same_file(make_scene):
    path = make_scene()
    scene = describe_scene(path, ChipSpec())
    assert same_file(scene, path)
    assert scene.size_bytes == Path(path).stat().st_size
    assert not same_file(replace(scene, mtime_ns=scene.mtime_ns + 1), path)
    with Path(path).open("ab") as file:
        file.write(b"x")
    assert not same_file(scene, path)
    Path(path).unlink()
    assert not same_file(scene, path)


def test_a_moved_file_is_the_same_file(make_scene, tmp_path):
    path = Path(make_scene())
    scene = describe_scene(str(path), ChipSpec())
    moved = path.rename(tmp_path / "moved.tif")
    assert same_file(scene, str(moved))
    assert scene_checksum(str(moved)) == scene.checksum


def test_what_is_no_file_has_no_checksum(tmp_path):
    with pytest.raises(UnreadableSceneError, match="does not exist"):
        scene_checksum(str(tmp_path / "missing"))
    with pytest.raises(UnreadableSceneError, match="not a file"):
        scene_checksum(str(tmp_path))


def test_a_server_that_does_not_answer_is_named():
    with pytest.raises(UnreadableSceneError, match=r"127\.0\.0\.1.*does not answer"):
        scene_checksum("http://127.0.0.1:9/x.tif")

"""The demo calls the command line as a user would, and passes its verdict on."""

from pathlib import Path

import pytest

from tools import demo
from tools.demo_scenes import DemoError


@pytest.fixture
def scenes(tmp_path):
    """A folder with a raster in it and another below."""
    folder = tmp_path / "scenes"
    (folder / "a").mkdir(parents=True)
    for path in (folder / "one.tif", folder / "a" / "two.tif"):
        path.touch()
    return folder


@pytest.fixture
def calls(monkeypatch, tmp_path):
    """Commands the demo runs, each answered with the exit status put in ``calls.codes``."""

    class Calls(list):
        """The commands so far; ``codes`` is added below."""

    made = Calls()
    made.codes = {"index": 0, "search": 0}

    def cmpagl(*args):
        made.append(args)
        if args[0] == "search":
            Path(args[-1]).touch()
        return made.codes[args[0]]

    monkeypatch.setattr(demo, "cmpagl", cmpagl)
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    return made


def test_own_scenes_are_indexed_and_searched(calls, scenes, capsys):
    assert demo.demo(str(scenes), "boats") == 0
    index, search = calls
    assert index[:2] == ("index", str(scenes))
    assert search[:5] == ("search", index[-1], "boats", "-k", "10")
    matches, picture = capsys.readouterr().out.splitlines()[-2:]
    assert search[6] in matches
    assert search[8] in picture


def test_own_scenes_and_samples_do_not_share_an_index(calls, scenes, monkeypatch):
    monkeypatch.setattr(demo, "sample_scenes", lambda cache: cache)
    for chosen in ("", str(scenes), str(scenes / "a")):
        demo.demo(chosen, "boats")
    assert len({call[-1] for call in calls if call[0] == "index"}) == 3


def test_refused_index_ends_the_demo(calls, scenes, capsys):
    calls.codes["index"] = 1
    assert demo.demo(str(scenes), "boats") == 1
    assert [call[0] for call in calls] == ["index"]
    assert "Matches" not in capsys.readouterr().out


def test_unreadable_scenes_are_passed_on_after_the_search(calls, scenes, capsys):
    calls.codes["index"] = demo.SOME_UNREADABLE
    assert demo.demo(str(scenes), "boats") == demo.SOME_UNREADABLE
    assert "Matches" in capsys.readouterr().out


def test_own_folder_with_nothing_to_index_is_refused(tmp_path):
    (tmp_path / "notes.txt").touch()
    for scenes in (tmp_path, tmp_path / "none"):
        with pytest.raises(DemoError) as refused:
            demo.own_places(str(scenes))
        assert str(refused.value).startswith(f"Found no scene for SCENES={scenes}, wanted")
        assert "\n" not in str(refused.value)

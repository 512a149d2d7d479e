import pytest
from qgis.core import QgsProject, QgsSettings

from cmpagl_qgis.settings import (
    HISTORY_LENGTH,
    Settings,
    save_query,
    saved_queries,
)
from cmpagl_qgis.state_file import state_file

VALUES = {
    "engine_python": ("", "/opt/engine/bin/python"),
    "model": ("", "base"),
    "device": ("auto", "cpu"),
    "top_k": (50, 200),
    "min_score": (-1.0, 0.25),
    "thumbnail_px": (128, 96),
    "keep_layers": (False, True),
}


@pytest.mark.usefixtures("clean_settings")
@pytest.mark.parametrize("name", VALUES)
def test_each_setting_has_a_default_and_is_kept(name):
    default, other = VALUES[name]
    assert getattr(Settings(), name) == default
    setattr(Settings(), name, other)
    QgsSettings().sync()
    assert getattr(Settings(), name) == other
    assert type(getattr(Settings(), name)) is type(default)


@pytest.mark.usefixtures("clean_settings")
@pytest.mark.parametrize("name", VALUES)
def test_rubbish_in_the_file_is_the_default_or_the_nearest(name):
    default, _ = VALUES[name]
    QgsSettings().setValue(f"cmpagl/{name}", "rubbish")
    state_file().put(name, "rubbish")
    if name not in {"engine_python", "model"}:
        assert getattr(Settings(), name) == default
    for rubbish in (1e300, "nan", ["a", "b"], None):
        QgsSettings().setValue(f"cmpagl/{name}", rubbish)
        state_file().put(name, rubbish)
        assert type(getattr(Settings(), name)) is type(default)


@pytest.mark.usefixtures("clean_settings")
@pytest.mark.parametrize("rubbish", [10**400, float("nan"), float("inf"), -1, True, "40", None])
def test_a_speed_that_none_can_be_counts_as_not_measured(rubbish):
    state_file().put("chips_per_s", rubbish)
    assert Settings().chips_per_s == 0.0
    state_file().put("chips_per_s", 40)
    assert Settings().chips_per_s == 40.0


@pytest.mark.usefixtures("clean_settings")
def test_history_is_short_and_without_doubles():
    settings = Settings()
    for n in range(HISTORY_LENGTH + 10):
        settings.add_to_history(f"query, {n}")
    settings.add_to_history("  query,   30 ")
    settings.add_to_history("   ")
    assert len(Settings().history) == HISTORY_LENGTH
    assert Settings().history[:2] == ["query, 30", f"query, {HISTORY_LENGTH + 9}"]
    assert Settings().history.count("query, 30") == 1
    settings.clear_history()
    assert Settings().history == []


@pytest.mark.usefixtures("clean_settings")
def test_recent_indexes():
    settings = Settings()
    settings.add_recent_index("/data/one, two.cmpagl")  # one text reads back as one
    assert Settings().recent_indexes == ["/data/one, two.cmpagl"]
    settings.add_recent_index("/data/b.cmpagl")
    settings.add_recent_index("/data/one, two.cmpagl")
    assert Settings().recent_indexes == ["/data/one, two.cmpagl", "/data/b.cmpagl"]
    settings.forget_index("/data/b.cmpagl")
    assert Settings().recent_indexes == ["/data/one, two.cmpagl"]


def test_queries_are_saved_with_the_project(qgis_new_project, tmp_path):
    project = QgsProject.instance()
    assert saved_queries(project) == []
    save_query(project, 'boats, "big" Ä')
    save_query(project, "green fields")
    save_query(project, 'boats, "big" Ä')
    assert project.isDirty()
    assert project.write(str(tmp_path / "x.qgz"))
    project.clear()
    assert saved_queries(project) == []
    assert project.read(str(tmp_path / "x.qgz"))
    assert saved_queries(project) == ["green fields", 'boats, "big" Ä']
    save_query(project, "green fields", keep=False)
    assert saved_queries(project) == ['boats, "big" Ä']
    project.writeEntry("cmpagl", "saved_queries", "[[1], 2")
    assert saved_queries(project) == []

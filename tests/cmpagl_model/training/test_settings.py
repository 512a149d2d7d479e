"""Run settings: strict reading of TOML, paths, defaults by variant, rates over time."""

import dataclasses
import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from cmpagl_model.errors import ConfigError
from cmpagl_model.training.config_file import read_run_config
from cmpagl_model.training.settings import DataSource, RunConfig, Schedule

EXAMPLES = Path(__file__).parents[3] / "configs"
LEAST = '[[data]]\ncaptions = "captions.csv"\n'


def read(folder, text):
    path = folder / "run.toml"
    path.write_text(text, encoding="utf-8")
    return read_run_config(path)


def test_data_are_all_that_is_needed(tmp_path):
    found = read(tmp_path, LEAST)
    wanted = RunConfig(
        data=(DataSource(str(tmp_path / "captions.csv")),), folder=str(tmp_path / "run")
    )
    assert found == wanted


def test_paths_start_at_the_file_and_names_of_shipped_models_stay(tmp_path):
    text = (
        'init = "cmpagl_lite"\nteachers = ["../models/mine", "cmpagl_lite"]\nfolder = "/runs/one"\n'
        '[start]\nimage = "w/stem.pth"\ntext = "w/bert"\n'
        '[[data]]\ncaptions = "a.json"\nimages = "pictures"\nextra = ["more.json", "/x.json"]\n'
        'splits = ["train"]\n'
    )
    found = read(tmp_path, text)
    assert found.init == "cmpagl_lite"
    assert found.teachers == (str(tmp_path / "../models/mine"), "cmpagl_lite")
    assert found.folder == "/runs/one"
    assert found.start.image == str(tmp_path / "w/stem.pth")
    assert found.data[0] == DataSource(
        str(tmp_path / "a.json"),
        str(tmp_path / "pictures"),
        ("train",),
        (str(tmp_path / "more.json"), "/x.json"),
    )


def test_every_table_is_read(tmp_path):
    found = read(
        tmp_path,
        'seed = 3\nprecision = "bfloat16"\nstage = "joint"\n'
        '[gswin]\nblock = "replace"\n[schedule]\nepochs = 2\npatience = 1\n[batch]\npictures = 8\n'
        "[rates]\nimage = 1\n[losses]\nmargin = 0.3\n"
        "[freezing]\nfrozen_stages = 4\n[augmentation]\nmin_area = 0.9\nkept_views = 2\n" + LEAST,
    )
    assert (found.seed, found.precision, found.stage) == (3, "bfloat16", "joint")
    assert (found.gswin.block, found.gswin.gl_mode) == ("replace", None)
    assert (found.schedule.epochs, found.schedule.patience, found.batch.pictures) == (2, 1, 8)
    assert found.rates.image == 1.0
    assert (found.losses.margin, found.freezing.frozen_stages) == (0.3, 4)
    assert (found.augmentation.min_area, found.augmentation.kept_views) == (0.9, 2)


def test_base_has_defaults_of_its_own_which_the_file_overrides(tmp_path):
    found = read(tmp_path, 'variant = "cmpagl_base"\n[rates]\nnew = 1e-3\n' + LEAST)
    assert (found.freezing.frozen_stages, found.freezing.frozen_text_layers) == (0, 0)
    assert (found.rates.image, found.rates.new) == (4e-5, 1e-3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"run\.toml: lacks 'data'"),
        ("data = []", r"data: found none, wanted one \[\[data\]\] table"),
        ("epoch = 5\n" + LEAST, r"run\.toml: unknown setting epoch; known are augmentation, batch"),
        ("[schedule]\nepoch = 5\n" + LEAST, r"run\.toml\.schedule: unknown setting epoch; known"),
        ('seed = "7"\n' + LEAST, r"run\.toml\.seed: found '7', wanted a value of kind int"),
        ("[batch]\npictures = 4.5\n" + LEAST, r"batch\.pictures: found 4\.5, wanted .* kind int"),
        ('precision = "half"\n' + LEAST, r"precision: found 'half', wanted one of auto, float32"),
        ('variant = "cmpagl_big"\n' + LEAST, r"variant: found 'cmpagl_big', wanted one of cmpagl_"),
        ("[[data]]\ncaption = 5\n", r"run\.toml\.data: unknown setting caption"),
        ('[[data]]\ncaptions = "a"\nsplits = ["test"]\n', r"splits: found 'test', wanted one of"),
        ("schedule = 5\n" + LEAST, r"schedule: found int, wanted a table"),
        ("[schedule]\nepochs = 0\n" + LEAST, r"schedule\.epochs: found 0, wanted 1 or more"),
        ("[batch]\npictures = 1\n" + LEAST, r"batch\.pictures: found 1, wanted 2 or more"),
        ("[losses]\ntriplet = -1\n" + LEAST, r"losses\.triplet: found -1.*, wanted 0 or more"),
        ("[losses]\ndistillation = 2\n" + LEAST, r"losses\.distillation: found 2.0, wanted a sha"),
        ("[losses]\ncontrastive=0\ntriplet=0\nmatching=0\n" + LEAST, r"all 0, wanted one above"),
        (
            LEAST + 'extra = "more.json"',
            r"extra: found 'more.json', wanted a list.*write \[\"m",
        ),
        ('[data]\ncaptions = "a"', r"run\.toml\.data: found a table, wanted a list.*\[\[data\]\]"),
        (
            "[batch]\ntelling_share = 1.5\n" + LEAST,
            r"telling_share: found 1\.5, wanted a share",
        ),
        ("head_dropout = 1.0\n" + LEAST, r"head_dropout: found 1\.0, wanted a share .* below 1"),
        ("[augmentation]\nkept_views = -1\n" + LEAST, r"kept_views: found -1, wanted 0 or more"),
        (
            "[augmentation]\nkept_views = 3\n[freezing]\nfrozen_stages = 0\n" + LEAST,
            r"kept_views: found 3 and freezing\.frozen_stages 0.*next: set frozen_stages to 1",
        ),
        ("seed == 5", r"run\.toml: no readable run settings .* wanted a TOML file such as"),
    ],
)
def test_what_is_not_known_is_refused_by_name(tmp_path, text, said):
    with pytest.raises(ConfigError, match=said):
        read(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"gone\.toml: no readable run settings"):
        read_run_config(tmp_path / "gone.toml")


@pytest.mark.parametrize("example", sorted(EXAMPLES.rglob("*.toml")), ids=lambda path: path.name)
def test_examples_are_read(example):
    found = read_run_config(example)
    assert all(Path(source.captions).is_absolute() for source in found.data)


def test_the_recipe_names_what_its_settings_read_and_make(tmp_path):
    copy = tmp_path / "own_scenes.toml"
    copy.write_text((EXAMPLES / "own_scenes.toml").read_text(encoding="utf-8"), encoding="utf-8")
    found, (source,) = read_run_config(copy), read_run_config(copy).data
    recipe = (EXAMPLES.parent / "docs" / "how-to" / "own-captions.md").read_text(encoding="utf-8")
    for path in (Path(found.folder, "model"), Path(source.captions)):
        assert path.relative_to(tmp_path).as_posix() in recipe


def test_there_are_examples():
    names = {path.name for path in EXAMPLES.rglob("*.toml")}
    assert names >= {"cmpagl_base.toml", "own_scenes.toml"}
    assert list((EXAMPLES / "cmpagl_lite").glob("*.toml"))


def test_rates_rise_stay_and_fall_to_zero():
    schedule = Schedule(epochs=10, decay_epochs=4, warmup_steps=50)
    rates = [schedule.rate(step, 100) for step in range(1001)]
    assert rates[:50] == pytest.approx([(step + 1) / 50 for step in range(50)])
    assert set(rates[50:601]) == {1.0}
    assert rates[600:] == pytest.approx([(1000 - step) / 400 for step in range(600, 1001)])
    assert rates[-1] == 0.0
    assert Schedule(epochs=1, decay_epochs=0, warmup_steps=0).rate(0, 5) == 1.0
    assert schedule.rate(2000, 100) == 0.0


def fields(record):
    """Names of a record's fields and of the records in it."""
    hints = get_type_hints(record)
    for name, hint in hints.items():
        yield name
        inner = [hint, *get_args(hint)]
        for kind in inner:
            if dataclasses.is_dataclass(kind):
                yield from fields(kind)


def test_every_setting_is_documented():
    page = (EXAMPLES.parent / "docs" / "training.md").read_text(encoding="utf-8")
    missing = {name for name in fields(RunConfig) if f"`{name}`" not in page}
    assert missing <= set(TABLES)
    assert all(f"[{name}]" in page or f".{name}]" in page for name in TABLES)


def test_documented_defaults_are_the_defaults():
    page = (EXAMPLES.parent / "docs" / "training.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"`(\w+)` \[([\de.-]+)\b", page))
    assert len(said) > 20
    plain = RunConfig(data=(DataSource("x"),))
    records = [plain, *(getattr(plain, name) for name in TABLES if name != "data")]
    known = {name: getattr(r, name) for r in records for name in fields_of(r)}
    for name, value in said.items():
        assert float(value) == known[name], name


def fields_of(record):
    return [field.name for field in dataclasses.fields(record)]


TABLES = ("data", "start", "gswin", "schedule", "batch", "rates", "losses", "freezing",
          "augmentation")  # fmt: skip

"""Views drawn once are what the frozen stages would see, and are made anew only where they must."""

from dataclasses import replace

import pytest
import torch

from cmpagl_model.captions import load_pictures
from cmpagl_model.errors import TrainingError
from cmpagl_model.network import create_model
from cmpagl_model.training.data import kept_views
from cmpagl_model.training.data.augment import draw_views, make_views
from cmpagl_model.training.data.batches import make_batch
from cmpagl_model.training.data.forward import TrainingTowers
from cmpagl_model.training.data.pictures import open_pictures
from cmpagl_model.training.settings import Augmentation, Freezing
from cmpagl_model.training.tasks.towers import TowerTask

SIDE, VIEWS = 64, 3
KEPT = Augmentation(kept_views=VIEWS)


@pytest.fixture
def keep(make_context, tmp_path, painted, heard):
    """Keep views of the painted pictures in the test's folder; settings may be changed."""

    def kept(model, items=painted, **changes):
        context = make_context(tmp_path, **{"augmentation": KEPT, **changes})
        towers = TrainingTowers(context.config.freezing, context.compute)
        towers.freeze(model)
        opened = open_pictures(items, 72, context.config.memory_gb * 1e9, heard)
        return kept_views.keep_views(
            opened.pictures, opened.items, model.eval(), towers, context, heard
        )

    return kept


def files(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.is_file()}


def early(model, views):
    with torch.no_grad():
        return model.image.stem.early(model.normalise(views), 2)


def close(found, wanted):
    """Equal but for the two bytes in which they are kept."""
    torch.testing.assert_close(found, wanted, atol=2e-3, rtol=2e-3)


def test_kept_features_are_those_of_the_views_that_were_drawn(model, keep, painted, monkeypatch):
    drawn = []

    def noted(*words):
        drawn.append(draw_views(*words))
        return drawn[-1]

    monkeypatch.setattr(kept_views, "draw_views", noted)
    found = keep(model)
    assert (len(found), len(drawn)) == (VIEWS, VIEWS - 1)
    pixels = torch.from_numpy(load_pictures([item.path for item in painted], 72))
    pixels, rows = pixels.permute(0, 3, 1, 2), [3, 14, 0]
    for view in (1, 2):
        batch = found.batch(rows, [view] * 3)
        close(batch.pixels, early(model, make_views(pixels, SIDE, drawn[view - 1]))[rows])
        assert batch.readable.all()
    mixed = found.batch(rows, [2, 0, 1]).pixels
    assert torch.equal(mixed[0], found.batch([3], [2]).pixels[0])
    assert torch.equal(mixed[1], found.first([14]).pixels[0])
    apart = [(mixed[n] - found.first(rows).pixels[n]).abs().mean() for n in (0, 2)]
    assert min(apart) > 1e-3


@torch.no_grad()
def test_the_first_view_is_the_picture_as_a_search_sees_it(
    config, tokenizer, make_context, tmp_path, painted, heard
):
    """Kept features of it, through the rest of the tower, make the picture's own embedding."""
    model = create_model(config)
    context = make_context(tmp_path, augmentation=KEPT, picture_px=SIDE)
    task = TowerTask(model, tokenizer, context)
    task.prepare(painted, [], heard)
    rows = [0, 6, 11]
    kept = task.data.pictures.first(rows).pixels
    found = TrainingTowers(Freezing(), context.compute).image(model.eval(), kept, seen=True)
    pixels = torch.from_numpy(load_pictures([painted[row].path for row in rows], SIDE))
    wanted = model.encode_image(pixels)
    assert (found.embedding * wanted.embedding).sum(dim=1).min() > 0.9999


def test_a_second_start_reads_the_files_of_the_first(config, keep, heard, tmp_path):
    torch.manual_seed(1)
    model = create_model(config)
    first, before = keep(model), files(tmp_path)
    assert len(before) == VIEWS
    heard.phases.clear()
    with torch.no_grad():  # what follows the frozen stages has learnt meanwhile
        model.image.stem.blocks[3][0].conv_pw.weight += 0.1
    second = keep(model)
    assert not any("view" in what for what, _ in heard.phases)
    assert files(tmp_path) == before
    for view in range(VIEWS):
        pair = [one.batch(range(16), [view] * 16).pixels for one in (first, second)]
        assert torch.equal(*pair)


@pytest.mark.parametrize(
    "changes",
    [
        {"augmentation": replace(KEPT, min_area=0.9)},
        {"seed": 8},
        {"freezing": Freezing(frozen_stages=3)},
    ],
    ids=["views", "seed", "stages"],
)
def test_other_settings_make_files_of_their_own(model, keep, tmp_path, changes):
    keep(model)
    before = files(tmp_path)
    keep(model, **changes)
    after = files(tmp_path)
    assert len(after) == 2 * len(before)
    assert before.items() <= after.items()


def test_other_weights_or_pictures_make_files_of_their_own(model, keep, painted, tmp_path):
    keep(model)
    keep(model, painted[:8])
    assert len(files(tmp_path)) == 2 * VIEWS
    with torch.no_grad():
        model.image.stem.blocks[1][0].conv_pw.weight += 0.1  # the last frozen stage
    found = keep(model)
    assert len(files(tmp_path)) == 3 * VIEWS
    pixels = torch.from_numpy(load_pictures([painted[5].path], 72)).permute(0, 3, 1, 2)
    close(found.first([5]).pixels, early(model, kept_views.whole_views(pixels, SIDE)))


def test_fewer_views_of_the_same_kind_are_made_anew_where_one_is_damaged(
    model, keep, heard, tmp_path
):
    whole = keep(model).batch(range(16), [1] * 16).pixels
    path = next(tmp_path.glob("views_*_1.npy"))
    path.write_bytes(path.read_bytes()[:5000])
    heard.phases.clear()
    found = keep(model).batch(range(16), [1] * 16).pixels
    assert torch.equal(found, whole)
    assert [what for what, _ in heard.phases if "view" in what] == ["view 2 of 3 of each picture"]
    assert heard.lines == [f"{path}: damaged, made anew"]


def test_a_full_disk_is_one_error_and_leaves_no_part_of_a_file(model, keep, tmp_path, full_disk):
    keep(model)
    size = next(tmp_path.glob("views_*")).stat().st_size
    for path in sorted(tmp_path.glob("views_*"))[1:]:
        path.unlink()
    full_disk(size // 2)
    said = r"views_\w+_1\.npy: the views cannot be kept \(.+\); wanted room for 3 such files; next"
    with pytest.raises(TrainingError, match=said):
        keep(model)
    assert [path.name[-6:] for path in tmp_path.iterdir()] == ["_0.npy"]


def test_pictures_that_cannot_be_decoded_are_named_and_left_out(
    config, tokenizer, make_context, painted, tmp_path, heard
):
    items = list(painted)
    items[5] = replace(items[5], path=tmp_path / "torn.png")
    items[5].path.write_text("no picture")
    context = make_context(tmp_path, augmentation=KEPT, memory_gb=0.0)
    for start in (1, 2):  # the second reads the files of the first
        torch.manual_seed(5)
        task = TowerTask(create_model(config), tokenizer, context)
        task.prepare(items, [], heard)
        rows = [0, 5, 10, 15]
        batch = make_batch(task.data, rows, 1, SIDE, context)
        assert batch.whole.rows == (0, 10, 15)
        task.prefetch(rows)
        loss = task.loss(rows, 1)
        loss.backward()
        assert loss.isfinite()
        trained = (p.grad for p in task.model.parameters() if p.grad is not None)
        assert all(gradient.isfinite().all() for gradient in trained)
        task.finish(task.model)
        assert task.model.compression.weight.isfinite().all()
        assert sum("torn.png" in line for line in heard.lines) == 1, start


def test_processes_draw_the_views_that_one_alone_draws(
    config, tokenizer, make_context, painted, tmp_path, heard
):
    task = TowerTask(create_model(config), tokenizer, make_context(tmp_path, augmentation=KEPT))
    task.prepare(painted, [], heard)
    rows = [7, 2, 9, 12]
    whole = make_batch(task.data, rows, 4, SIDE, task.context).views

    class Half:
        def __init__(self, rank):
            self.rank, self.size = rank, 2

        def share(self, count):
            return slice(self.rank * count // 2, (self.rank + 1) * count // 2)

        def gather(self, values):
            return torch.cat([values, values])

    halves = [
        make_batch(task.data, rows, 4, SIDE, replace(task.context, group=Half(rank))).views
        for rank in (0, 1)
    ]
    assert torch.equal(torch.cat(halves), whole)

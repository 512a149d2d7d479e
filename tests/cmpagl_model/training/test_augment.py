"""Random views stay in range, take every turn and flip, and follow their seed."""

import pytest
import torch

from cmpagl_model.training.data.augment import draw_views, make_views
from cmpagl_model.training.settings import Augmentation

STILL = Augmentation(min_area=1.0, gain=0.0, tint=0.0, coarse_share=0.0)


def random_views(pictures, side, settings, generator):
    return make_views(pictures, side, draw_views(len(pictures), settings, generator))


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(count, side):
    return torch.randint(0, 256, (count, 3, side, side), dtype=torch.uint8, generator=seeded(9))


@pytest.mark.parametrize("settings", [Augmentation(), Augmentation(coarse_share=1.0, gain=0.9)])
def test_views_are_pixels(settings):
    views = random_views(pictures(5, 24), 16, settings, seeded())
    assert views.shape == (5, 16, 16, 3)
    assert views.dtype == torch.float32
    assert views.min() >= 0
    assert views.max() <= 255
    assert views.std() > 10


def test_all_eight_turns_and_flips_occur_alike():
    marked = torch.arange(64.0).reshape(1, 1, 8, 8).expand(800, 3, 8, 8)  # no two corners alike
    views = random_views(marked, 8, STILL, seeded())[..., 0]
    flips = (marked[0, 0], marked[0, 0].flip(0))
    wanted = [turned.rot90(turns) for turned in flips for turns in range(4)]
    counts = [
        int(((views - one).abs().amax(dim=(1, 2)) < 1e-2).sum()) for one in wanted
    ]  # fmt: skip
    assert sum(counts) == 800
    assert min(counts) > 60


def test_same_seed_same_views():
    same = [random_views(pictures(4, 24), 16, Augmentation(), seeded(3)) for _ in range(2)]
    other = random_views(pictures(4, 24), 16, Augmentation(), seeded(4))
    assert torch.equal(*same)
    assert not torch.equal(same[0], other)


def test_pictures_of_a_batch_are_seen_differently():
    alike = pictures(1, 24).expand(4, 3, 24, 24)
    views = random_views(alike, 16, Augmentation(coarse_share=0.0), seeded())
    assert all((views[0] - other).abs().max() > 5 for other in views[1:])


def test_crops_keep_their_share_and_stay_inside():
    ramp = torch.arange(64.0).reshape(1, 1, 1, 64).expand(200, 3, 64, 64)  # a value is its column
    half = Augmentation(min_area=0.25, gain=0.0, tint=0.0, coarse_share=0.0)
    views = random_views(ramp, 64, half, seeded())[..., 0]
    spans = views.amax(dim=(1, 2)) - views.amin(dim=(1, 2))
    assert spans.min() > 63 * 0.5 - 1.5
    assert spans.min() < 63 * 0.55
    assert spans.max() > 63 * 0.95
    lowest, highest = views.amin(dim=(1, 2)), views.amax(dim=(1, 2))
    assert lowest.min() < 1
    assert highest.max() > 62
    middles = (lowest + highest) / 2 - 31.5
    assert (middles.abs() <= (63 - spans) / 2 + 1.5).all()  # nothing mirrored in at the edges


def test_colours_change_by_the_shares_given():
    grey = torch.full((300, 3, 8, 8), 100.0)
    brighter = Augmentation(min_area=1.0, gain=0.2, tint=0.0, coarse_share=0.0)
    means = random_views(grey, 8, brighter, seeded()).mean(dim=(1, 2))
    assert (means.amax(dim=1) - means.amin(dim=1)).max() < 1e-3
    assert 80 - 1e-3 <= means.min() < 84
    assert 116 < means.max() <= 120 + 1e-3
    tinted = Augmentation(min_area=1.0, gain=0.0, tint=0.06, coarse_share=0.0)
    means = random_views(grey, 8, tinted, seeded()).mean(dim=(1, 2))
    assert 94 - 1e-3 <= means.min() < 95
    assert (means[:, 0] - means[:, 2]).abs().max() > 5


def test_contrast_keeps_the_mean():
    halves = torch.full((300, 3, 8, 8), 50.0)
    halves[..., 4:] = 150.0
    spread = random_views(halves, 8, Augmentation(1.0, 0.2, 0.0, 0.0), seeded())
    mean = spread.mean(dim=(1, 2, 3))
    relative = (spread.amax(dim=(1, 2, 3)) - spread.amin(dim=(1, 2, 3))) / mean
    assert 0.8 - 1e-3 <= relative.min() < 0.85
    assert 1.15 < relative.max() <= 1.2 + 1e-3


def test_coarse_batches_lose_detail_only_when_drawn():
    noise = pictures(2, 32)
    sharp = random_views(noise, 32, STILL, seeded())
    coarse = random_views(noise, 32, Augmentation(1.0, 0.0, 0.0, 1.0, 0.5), seeded())
    assert coarse.shape == sharp.shape
    assert coarse.std() < sharp.std() * 0.95
    assert coarse.mean() == pytest.approx(sharp.mean().item(), rel=0.05)

"""Views that are drawn once and kept as features behind the frozen stages of the stem.

What is frozen gives the same features for the same view in every epoch, and takes most of the time
of a step on a CPU. A few views of each picture, computed once, make many epochs affordable. The
features lie in files of the run's folder, a file for each view, mapped rather than loaded.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from cmpagl_model.errors import TrainingError

from .augment import draw_views, make_views, whole_views
from .forward import frozen_stem
from .pictures import PictureBatch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.network import CmpaglModel
    from cmpagl_model.training.context import RunContext
    from cmpagl_model.training.listener import Listener

    from .forward import TrainingTowers
    from .pictures import Pictures

    Features = NDArray[np.float16]

BATCH = 64


class KeptViews:
    """Features of a few views of each picture."""

    def __init__(self, views: Sequence[Features]) -> None:
        """Hold ``views``, each ``(pictures, C, H, W)``; NaN where a picture cannot be decoded."""
        self._views = views

    def __len__(self) -> int:
        """How many views of each picture there are."""
        return len(self._views)

    def batch(self, rows: Sequence[int], views: Sequence[int]) -> PictureBatch:
        """One view of each picture of ``rows``, by its number in ``views``, ``(B, C, H, W)``."""
        pairs = zip(rows, views, strict=True)
        found = torch.from_numpy(np.stack([self._views[view][row] for row, view in pairs])).float()
        readable = ~found[:, 0, 0, 0].isnan()
        found[~readable] = 0.0
        return PictureBatch(found, readable)

    def first(self, rows: Sequence[int]) -> PictureBatch:
        """The whole and upright view of each picture of ``rows``."""
        return self.batch(rows, [0] * len(rows))


def keep_views(
    pictures: Pictures,
    items: Sequence[CaptionedImage],
    model: CmpaglModel,
    towers: TrainingTowers,
    context: RunContext,
    listener: Listener,
) -> KeptViews:
    """Compute the views that the folder of the run does not hold yet.

    Args:
        pictures: pixels by row.
        items: what they are, for the name of the files.
        model: whose frozen stages see the views.
        towers: runs them.
        context: the run; each of its processes makes some of the views, then waits for the others.
        listener: hears how far this process is.

    Returns:
        The views.

    Raises:
        TrainingError: if they cannot be written.
    """
    key = _key(items, model, context)
    count = context.config.augmentation.kept_views
    paths = [context.folder / f"views_{key}_{view}.npy" for view in range(count)]
    group = context.group
    maker = _Maker(pictures, len(items), model, towers, context, listener)
    for view, path in list(enumerate(paths))[group.rank :: group.size]:
        if not _is_whole(path, listener):
            listener.start(len(items), f"view {view + 1} of {count} of each picture")
            maker.write(view, path)
    group.wait()
    return KeptViews([_mapped(path) for path in paths])


def _key(items: Sequence[CaptionedImage], model: CmpaglModel, context: RunContext) -> str:
    """Changes with whatever changes the features."""
    config = context.config
    settings = (model.config.image, config.augmentation, config.freezing, config.picture_px,
                config.seed)  # fmt: skip
    digest = hashlib.sha256(repr(settings).encode())
    frozen = config.freezing.frozen_stages
    for module in frozen_stem(model, frozen).first_modules(frozen):
        for value in module.state_dict().values():
            digest.update(value.detach().cpu().numpy().tobytes())
    for item in items:
        digest.update(str(item.path).encode() + b"\0")
    return digest.hexdigest()[:12]


def _mapped(path: Path) -> Features:
    found: Features = np.load(path, mmap_mode="r", allow_pickle=False)
    return found


def _is_whole(path: Path, listener: Listener) -> bool:
    try:
        _mapped(path)
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        listener.say(f"{path}: damaged, made anew")
        return False
    return True


@dataclass(frozen=True, slots=True, eq=False)
class _Maker:
    """Writes the views of one training set."""

    pictures: Pictures
    count: int
    model: CmpaglModel
    towers: TrainingTowers
    context: RunContext
    listener: Listener

    def write(self, view: int, path: Path) -> None:
        """Write one view of each picture; written, not mapped, so that a full disk is an error.

        Raises:
            TrainingError: if it cannot be written.
        """
        part = path.with_suffix(".part")
        try:
            with part.open("wb") as stream:
                for start in range(0, self.count, BATCH):
                    rows = range(start, min(start + BATCH, self.count))
                    features = self._features(view, rows)
                    if not start:
                        shape = (self.count, *features.shape[1:])
                        header = {"descr": "<f2", "fortran_order": False, "shape": shape}
                        np.lib.format.write_array_header_1_0(stream, header)
                    stream.write(features.tobytes())
                    self.listener.advance(len(rows))
            part.replace(path)
        except OSError as error:
            raise TrainingError(
                f"{path}: the views cannot be kept ({error.strerror or error}); wanted room for "
                f"{self.context.config.augmentation.kept_views} such files; next: make room, "
                "lower augmentation.kept_views, or set it to 0"
            ) from error
        finally:
            part.unlink(missing_ok=True)

    @torch.no_grad()
    def _features(self, view: int, rows: range) -> Features:
        """One view of each picture of ``rows``, the first as a search sees it; NaN: not decoded."""
        found = self.pictures.batch(rows)
        pixels = found.pixels.to(self.context.compute.device)
        side, config = self.model.config.image.input_px, self.context.config
        if view:
            seed = (config.seed * 1_009 + view) * 1_000_003 + rows.start
            generator = torch.Generator().manual_seed(seed)
            draws = draw_views(len(pixels), config.augmentation, generator)
            seen = make_views(pixels, side, draws)
        else:
            seen = whole_views(pixels, side)
        features = self.towers.early(self.model, seen).half().cpu()
        features[~found.readable] = torch.nan
        kept: Features = features.contiguous().numpy()
        return kept

"""Measures ``cmpagl classify`` on pictures whose class is known: ``python -m research.classes``.

The pictures of a split become one scene, side by side, each one chip; the scene is indexed and
classified with one sentence a class, as a user would do it, and compared with a label in the
middle of each picture. A third of the classes is then left out, eight times by chance: what is of
these should be of the class ``none``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Transformer

from cmpagl_model.captions import load_picture
from cmpagl_model.encoders import open_encoder
from cmpagl_model.evaluation.scenes import class_words
from cmpagl_model.index import build_index
from cmpagl_model.search import open_index
from cmpagl_model.search.accuracy import Accuracy, Labels, accuracy_of
from cmpagl_model.search.classes import NONE, ClassSentences
from cmpagl_model.search.classify import classify
from research.scenes import mosaic, write_scene
from tiling import ChipSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

DRAWS, ACROSS, SIDE_PX, CORNER = 8, 20, 256, (500_000.0, 4_000_000.0)
CRS = "EPSG:32631"


@dataclass(frozen=True)
class Measured:
    """What one data set came to."""

    chosen: Accuracy
    """With the class ``none`` where no class is relevant."""
    forced: Accuracy
    """With the nearest class, always."""
    without: tuple[Accuracy, ...]
    """With two thirds of the classes; labels of the others are ``none``."""


def measure(data: Path, name: str, gsd_m: float) -> Measured:
    """Classify the pictures of ``val`` by the sentence "a CLASS".

    Args:
        data: folder of data sets, as docs/evaluation.md has them.
        name: the set, such as ``ucm``.
        gsd_m: ground sample distance to give the scene, m/px.
    """
    page = json.loads((data / name / f"dataset_{name}.json").read_text(encoding="utf-8"))
    images: list[dict[str, Any]] = [one for one in page["images"] if one["split"] == "val"]
    names = sorted({one["class"] for one in images})
    with tempfile.TemporaryDirectory() as folder:
        scene, index = Path(folder, f"{name}.tif"), Path(folder, f"{name}.cmpagl")
        write_pictures([data / name / "images" / one["filename"] for one in images], scene, gsd_m)
        spec = ChipSpec(ground_sizes_m=(SIDE_PX * gsd_m,), overlap=0.0)
        build_index([str(scene)], index, open_encoder(device="cpu"), spec)
        opened = open_index(index)
        classes = [ClassSentences(c, (f"a {class_words(c)}",)) for c in names]
        truth, numbers = [one["class"] for one in images], np.arange(len(images))
        a, _, left, _, e, top = opened.table.scenes[0].transform
        easting = left + a * SIDE_PX * (numbers % ACROSS + 0.5)
        northing = top + e * SIDE_PX * (numbers // ACROSS + 0.5)
        to_degrees = Transformer.from_crs(CRS, "OGC:CRS84", always_xy=True)
        middles = tuple(shapely.points(*to_degrees.transform(easting, northing)))

        def found(kept: Sequence[ClassSentences], least: float | None = None) -> Accuracy:
            known = {one.name for one in kept}
            labels = Labels(tuple(c if c in known else NONE for c in truth), middles)
            return accuracy_of(classify(opened, kept, min_relevance=least), labels)

        random, count = np.random.default_rng(0), len(classes) * 2 // 3
        draws = [random.permutation(len(classes))[:count].tolist() for _ in range(DRAWS)]
        without = tuple(found([classes[place] for place in sorted(draw)]) for draw in draws)
        return Measured(found(classes), found(classes, 0.0), without)


def write_pictures(files: list[Path], path: Path, gsd_m: float) -> None:
    """Pictures side by side as one GeoTIFF."""
    pixels = mosaic([np.maximum(load_picture(file, SIDE_PX), 1) for file in files], ACROSS)
    more = {"crs": CRS, "nodata": 0, "tiled": True, "compress": "deflate"}
    write_scene(pixels, path, CORNER, gsd_m, **more)


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of the sets named."""
    parser = argparse.ArgumentParser(prog="python -m research.classes", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("sets", nargs="*", default=["ucm=0.3", "eurosat=2.5"], metavar="SET=GSD")
    said = parser.parse_args(arguments)
    for one in said.sets:
        name, gsd = one.split("=")
        measured = measure(said.data, name, float(gsd))
        for how, sheet in (("with none", measured.chosen), ("nearest", measured.forced)):
            none = int(sheet.matrix[:, -1].sum())
            print(  # noqa: T201
                f"{name}, {how}: {sheet.samples} samples, {len(sheet.names) - 1} classes, overall "
                f"{sheet.overall:.3f}, kappa {sheet.kappa:.3f}, none {none}"
            )
        left = np.mean([(sheet.overall, sheet.recall(-1), sheet.precision(-1))
                        for sheet in measured.without], axis=0)  # fmt: skip
        print(  # noqa: T201
            f"{name}, a third of the classes left out: overall {left[0]:.3f}, of none recall "
            f"{left[1]:.3f}, precision {left[2]:.3f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

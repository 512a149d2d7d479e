"""One flipped bit in every kind of file of an index: found, told, mended."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

from cmpagl_model.errors import DamagedArraysError, ManifestError
from cmpagl_model.index import build_index, open_chips, read_info
from cmpagl_model.index.verify import verify_index
from tests.cmpagl_model.index.campaign import SPEC, open_all, rows_of, write_scene
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.harm import flip, part_files

if TYPE_CHECKING:
    from pathlib import Path

ARRAYS = ("manifest.json", "rows", "blocks", "sums")


def encoders(info):
    """The encoder of an index."""
    return CheapEncoder(info.model.fingerprint)


def files_of(index: Path) -> dict[str, Path]:
    """All files that hold anything, by what they are."""
    (arrays,) = (index / "_cache").iterdir()
    (version,) = (index / "_versions").iterdir()
    return {
        "_index.json": index / "_index.json",
        "manifest": version / "manifest.json",
        **{f"part {number}": path for number, path in enumerate(part_files(index))},
        **{f"_cache/{name}": arrays / name for name in ARRAYS},
    }


class Matrix:
    """An index of two scenes in four parts, opened once, and copies of it to be harmed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder, self.made = folder, folder / "x.cmpagl"
        self.scenes = [folder / "a.tif", folder / "b.tif"]
        scenes = [write_scene(scene, seed) for seed, scene in enumerate(self.scenes)]
        build_index(scenes, self.made, CheapEncoder(), SPEC)
        self.rows = rows_of(self.made)

    def kinds(self) -> list[str]:
        """What there is to be harmed."""
        return list(files_of(self.made))

    def copy(self) -> Path:
        """A copy; one at a time."""
        shutil.rmtree(self._folder / "copy", ignore_errors=True)
        return shutil.copytree(self.made, self._folder / "copy")

    def flips(self, kind: str, count: int, seed: int) -> int:
        """Flip bits all over a file, one at a time, and make sure of what comes of it.

        Args:
            kind: which file.
            count: how many bits.
            seed: of the draw.

        Returns:
            How many were flipped.

        Raises:
            AssertionError: if one was missed, gave a wrong row, or was not mended.
        """
        draw = random.Random(f"{kind} {seed}")
        for _ in range(count):
            self._flip(kind, draw.random(), 1 << draw.randrange(8))
        return count

    def _flip(self, kind: str, place: float, bit: int) -> None:
        index = self.copy()
        file = files_of(index)[kind]
        others = {path: path.read_bytes() for path in index.rglob("*.parquet") if path != file}
        flip(file, int(place * file.stat().st_size), bit)
        assert verify_index(index).problems, f"{kind}: not found"
        index = self.copy()
        flip(files_of(index)[kind], int(place * file.stat().st_size), bit)
        self._read(index)
        report = verify_index(index, repair=True, encoders=encoders)
        assert not report.problems, f"{kind}: not mended"
        assert rows_of(index) == self.rows, f"{kind}: other rows"
        assert not verify_index(index, sample=99, encoders=encoders).problems
        assert {path: path.read_bytes() for path in others} == others, f"{kind}: others touched"
        assert len(list(index.rglob("*.parquet"))) == len(part_files(index))

    def _read(self, index: Path) -> None:
        """Read every row: the true ones, or it is said what is left out."""
        try:
            try:
                found = open_all(index)
            except DamagedArraysError as error:
                assert "next: run the same command again" in str(error)  # noqa: PT017
                found = open_all(index)
        except ManifestError:
            return  # refused, with the next step
        told = open_chips(index, read_info(index)).problems
        assert found == self.rows or (found < self.rows and told)

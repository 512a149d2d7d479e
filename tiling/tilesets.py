"""Finding damage in GeoPackage and MBTiles, where GDAL shows a tile it cannot decode as empty.

Where GDAL hands out one value all over a tile that the database holds, the tile is decoded once
more on its own, which tells. Tiles with a picture in them are not touched a second time.
"""

from __future__ import annotations

import math
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rasterio.io import MemoryFile

from .addresses import sqlite_address
from .errors import DamagedBlockError, damaged_block, translate_errors
from .grid import Window
from .opening import without_georef_warning
from .settings import gdal_settings

if TYPE_CHECKING:
    import numpy.typing as npt

    from .source import Raster

BAD_TILE = "a tile of the database cannot be decoded"
_DRIVERS = frozenset({"GPKG", "MBTiles"})
_SIGNATURES = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8", "JPEG"),
    (b"RIFF", "WEBP"),
    (b"II*\0", "GTiff"),
    (b"MM\0*", "GTiff"),
)
_WORLD_M = 2 * 20_037_508.342789244
_ALIKE = 0.001
"""How far the pixel size of a zoom level may be from that of the raster, as a share."""
_LEVELS = (
    "SELECT t.table_name, t.zoom_level, t.pixel_x_size, s.min_x, s.max_y FROM gpkg_tile_matrix t "
    "JOIN gpkg_tile_matrix_set s ON t.table_name = s.table_name"
)


class StoredTiles:
    """The tiles under a level as its database holds them; from :func:`stored_tiles`.

    Close it after use. Not for several threads at once.

    Args:
        raster: the open level of a GeoPackage or MBTiles.
    """

    def __init__(self, raster: Raster) -> None:
        dataset = raster.dataset
        self._path = raster.path
        name = sqlite_address(Path(raster.path).absolute())
        # threads take turns, one has it at a time
        self._database = sqlite3.connect(name, uri=True, check_same_thread=False)
        self._height, self._width = map(int, dataset.block_shapes[0])
        self._counts_upwards = dataset.driver == "MBTiles"
        self._table, self._zoom = "tiles", -1
        self._left = self._top = 0
        size, _, left, _, down, top = map(float, dataset.transform[:6])
        levels: list[tuple[str, int, float, float, float]] = []
        if self._counts_upwards:
            zoom = round(math.log2(_WORLD_M / (size * self._width)))
            levels = [("tiles", zoom, size, -_WORLD_M / 2, _WORLD_M / 2)]
        else:
            with suppress(sqlite3.Error):
                levels = self._database.execute(_LEVELS).fetchall()
        for table, zoom, own_size, west, north in levels:
            if abs(own_size / size - 1) < _ALIKE:
                self._table, self._zoom = table, zoom
                self._left, self._top = round((left - west) / size), round((top - north) / down)
        self._sound: dict[tuple[int, int], bool] = {}

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def bad_parts(self, window: Window, values: npt.NDArray[Any]) -> list[Window]:
        """The parts of a window that lie in tiles that cannot be decoded.

        Args:
            window: what was read, px of the level.
            values: what GDAL gave for it, ``(bands, height, width)``.
        """
        bad = []
        left, right = window.col + self._left, window.right + self._left
        top, bottom = window.row + self._top, window.bottom + self._top
        for row in range(top // self._height, -(-bottom // self._height)):
            first, last = max(top, row * self._height), min(bottom, (row + 1) * self._height)
            for col in range(left // self._width, -(-right // self._width)):
                start, end = max(left, col * self._width), min(right, (col + 1) * self._width)
                inside = values[:, first - top : last - top, start - left : end - left]
                uniform = (inside == inside[:, :1, :1]).all()
                if uniform and not self._is_sound((col, row)):
                    x, y = start - self._left, first - self._top
                    bad.append(Window(x, y, end - start, last - first))
        return bad

    def _is_sound(self, tile: tuple[int, int]) -> bool:
        """Whether the database holds no such tile, or one that can be decoded."""
        if tile in self._sound:
            return self._sound[tile]
        col, row = tile
        if self._counts_upwards:
            row = 2**self._zoom - 1 - row
        table = self._table.replace('"', '""')
        query = (
            f'SELECT tile_data FROM "{table}" '
            "WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
        )
        try:
            found = self._database.execute(query, (self._zoom, col, row)).fetchone()
            sound = found is None or self._decodes(bytes(found[0] or b""))
        except (sqlite3.Error, TypeError):
            sound = False
        self._sound[tile] = sound
        return sound

    def _decodes(self, stored: bytes) -> bool:
        """Whether the bytes of a tile are a picture of the right size."""
        driver = next((name for start, name in _SIGNATURES if stored.startswith(start)), None)
        if driver is None:
            return False
        try:
            with (
                translate_errors(damaged_block),
                gdal_settings(self._path, threads=1),
                MemoryFile(stored) as memory,
            ):
                with without_georef_warning():
                    tile = memory.open(driver=driver)
                with tile:
                    fits: bool = tile.shape == (self._height, self._width)
                    return fits and tile.read().size > 0
        except DamagedBlockError:
            return False


def stored_tiles(raster: Raster) -> StoredTiles | None:
    """What tells damage in a database of tiles; ``None`` for other formats.

    Args:
        raster: the open level.
    """
    return StoredTiles(raster) if str(raster.dataset.driver) in _DRIVERS else None

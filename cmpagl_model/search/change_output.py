"""Changes as a vector layer and as a contact sheet: before on the left, after on the right."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from cmpagl_model.atomic import replacing
from cmpagl_model.errors import OutputError
from cmpagl_model.index.vectors import frame_of_rows, refuse_scenes, write_frame
from cmpagl_model.records import metres
from tiling import TilingError
from tiling.chips import PlannedChip

from .change import pad
from .preview import (
    CHIP_PX,
    GAP,
    HEADER,
    INK,
    PAPER,
    QUIET,
    draw_lack,
    save,
    shortened,
    write,
)
from .reread import read_planned, share_shown
from .thumbnails import no_pictures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopandas import GeoDataFrame

    from .change import Change, Changes, Seen
    from .query import SearchableIndex

COLUMNS, SEAM, CAPTION = 3, 4, 48


def frame_of(found: Changes, pairs: Sequence[Path | None] = ()) -> GeoDataFrame:
    """Changes as a table: footprints in OGC:CRS84, what was and what is side by side.

    Args:
        found: the changes.
        pairs: a picture of each, which becomes a column; none: there is no such column.
    """
    lost = {"was_before": "float64", "was_after": "float64"} if found.was else {}
    dtypes = {
        "rank": "int32", "change": "float64", "difference": "float64",
        "relevance_before": "float64", "relevance_after": "float64",
        "score_before": "float64", "score_after": "float64", **lost,
        "scene_before": "str", "scene_after": "str", "ground_m": "float64", "gsd_m": "float64",
        "col": "int32", "row": "int32", "width": "int32", "height": "int32", "query": "str",
        **({"was": "str"} if found.was else {}),
    }  # fmt: skip
    rows: list[dict[str, Any]] = [
        {
            "rank": one.rank,
            "change": round(one.change, 6),
            "difference": round(one.difference, 6),
            "relevance_before": _rounded(one.before.relevance),
            "relevance_after": _rounded(one.after.relevance),
            "score_before": round(one.before.score, 6),
            "score_after": round(one.after.score, 6),
            "was_before": one.was_before and _value(one.was_before),
            "was_after": one.was_after and _value(one.was_after),
            "scene_before": one.before_scene,
            "scene_after": one.after_scene,
            "ground_m": round(one.ground_m, 6),
            "gsd_m": round(one.gsd_m, 6),
            **asdict(one.after_window),
            "query": found.query,
            "was": found.was,
        }
        for one in found.changes
    ]
    frame = frame_of_rows(rows, [one.geometry for one in found.changes], dtypes)
    if pairs:
        frame["picture"] = ["" if file is None else str(file) for file in pairs]
    return frame


def write_changes(found: Changes, path: Path, pairs: Sequence[Path | None] = ()) -> None:
    """Write changes to a file, in the format that its ending names.

    Args:
        found: what to write; none give a file without features.
        path: ``.geojson``, ``.gpkg``, ``.fgb``, ``.parquet`` or ``.csv``; replaced if it exists.
        pairs: as :func:`write_pairs` gives them, for a column ``picture``.

    Raises:
        OutputError: if the ending is unknown, the file is one of the scenes or cannot be written.
    """
    refuse_scenes(path, {s for one in found.changes for s in (one.after_scene, one.before_scene)})
    write_frame(frame_of(found, pairs), path, "changes")


def _rounded(number: float | None) -> float:
    return float("nan") if number is None else round(number, 6)


def _value(seen: Seen) -> float:
    """Its relevance; the cosine where the model has no calibration."""
    return round(seen.score if seen.relevance is None else seen.relevance, 6)


def write_pairs(index: SearchableIndex, found: Changes, folder: Path) -> tuple[Path | None, ...]:
    """Draw each place before (left) and after (right) as a file ``RANK.png``.

    Args:
        index: the index they come from.
        found: the changes.
        folder: where the files go; made if it is missing, files of the same names are replaced.

    Returns:
        A file for each change; ``None``: a scene cannot be read now.

    Raises:
        OutputError: if the folder cannot be written.
    """
    files: list[Path | None] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in found.changes:
            before, after = pictures(index, one)
            if before is None or after is None:
                files.append(None)
                continue
            pair = Image.new("RGB", (2 * CHIP_PX + SEAM, CHIP_PX), PAPER)
            pair.paste(before, (0, 0))
            pair.paste(after, (CHIP_PX + SEAM, 0))
            file = folder / f"{one.rank}.png"
            with replacing(file) as part:
                pair.save(part, "PNG")
            files.append(file)
    except OSError as error:
        raise OutputError(no_pictures(folder, error)) from error
    return tuple(files)


def write_sheet(index: SearchableIndex, found: Changes, path: Path) -> None:
    """Draw each place before and after, greatest change first.

    Args:
        index: the index they come from; scenes are read where they lay when indexed.
        found: the changes.
        path: a picture file, ``.png`` or ``.jpg``.

    Raises:
        OutputError: if the file is one of the scenes or cannot be written.
    """
    refuse_scenes(path, {s for one in found.changes for s in (one.after_scene, one.before_scene)})
    count = len(found.changes)
    columns = min(COLUMNS, max(count, 1))
    pair = 2 * CHIP_PX + SEAM
    step_x, step_y = pair + 2 * GAP, CHIP_PX + CAPTION + GAP
    rows = max(1, -(-count // columns))
    size = (columns * step_x, HEADER + rows * step_y + GAP // 2)
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    title = f"Now “{found.query}”" + (f", was “{found.was}”" if found.was else "")
    write(draw, (GAP, 12), shortened(draw, title, size[0] - 2 * GAP, 22), INK, 22)
    line = f"{count} {'place' if count == 1 else 'places'} · before | after · relevance"
    write(draw, (GAP, 39), f"{line} · {found.model.name}", QUIET, 13)
    for place, one in enumerate(found.changes):
        row, column = divmod(place, columns)
        left, top = GAP + column * step_x, HEADER + row * step_y
        right = left + CHIP_PX + SEAM
        for x, picture in zip((left, right), pictures(index, one), strict=True):
            if picture is None:
                draw_lack(draw, (x, top), "scene not readable")
            else:
                sheet.paste(picture, (x, top))
        below = top + CHIP_PX + 5
        write(draw, (left, below), f"{one.rank}", INK, 16)
        write(draw, (left + 26, below + 1), one.before.text, INK, 14)
        write(draw, (right, below + 1), one.after.text, INK, 14)
        write(draw, (right + CHIP_PX, below + 1), metres(one.ground_m), QUIET, 14, anchor="ra")
        for x, scene in ((left, one.before_scene), (right, one.after_scene)):
            name = shortened(draw, Path(scene).stem, CHIP_PX, 13)
            write(draw, (x, below + 21), name, QUIET, 13)
    save(sheet, path, "sheet")


def pictures(index: SearchableIndex, one: Change) -> tuple[Image.Image | None, Image.Image | None]:
    """A place as the model saw it before and after; ``None``: not readable now."""
    spec = index.info.spec
    shown = share_shown(index.scene(one.after_scene), one.after_window, one.ground_m)
    found: list[Image.Image | None] = [None, None]
    views = ((one.before_scene, one.before_window), (one.after_scene, one.after_window))
    for place, (path, window) in enumerate(views):
        chip = PlannedChip(0, window, one.ground_m, one.gsd_m, edge=False)
        with suppress(TilingError):
            for pixels in read_planned(index.scene(path), [chip], spec, spec.size_px)[1]:
                pad(pixels, shown)
                picture = Image.fromarray(pixels)
                found[place] = picture.resize((CHIP_PX, CHIP_PX), Image.Resampling.BICUBIC)
    before, after = found
    return before, after

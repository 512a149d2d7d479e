"""The indexes below the roots as collections: what the engine answers, for the web."""

from __future__ import annotations

import base64
import binascii
import io
import itertools
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote
from weakref import WeakKeyDictionary

import numpy as np
from PIL import Image

from cmpagl_model.captions import DAMAGE
from cmpagl_model.errors import CmpaglError, QueryError
from cmpagl_model.index.format import is_index, newest_number
from cmpagl_model.index.parts import scene_key
from cmpagl_model.search.examples import row_of
from cmpagl_model.search.thumbnails import picture_name, pictures
from cmpagl_model.server import parameters as engine
from cmpagl_model.server.messages import PROTOCOL, page_of
from cmpagl_model.server.session import Session
from cmpagl_model.server.translate import filter_of
from cmpagl_model.table.chips import bounds_of, split_box
from tiling.dates import span_of, text_of

from .features import Holding, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmpagl_model.search import SearchableIndex
    from cmpagl_model.server.results import Hits
    from cmpagl_model.server.roots import Roots
    from cmpagl_model.server.work import Work
    from cmpagl_model.table.chips import ChipTable

    from .asked import ByExample, Example, Items

    Page = dict[str, Any]

KEPT = 32
"""Indexes open at most."""
REFRESH_S = 5.0
"""How old the list of indexes may be."""
REFRESH_RATIO = 20
"""Least time between two listings, in multiples of what a listing took."""
SCENES = "scenes:"
"""Begins the name of a collection of scenes."""
LARGEST_PICTURE = 50_000_000
"""Pixels of an example: a small file may hold many."""
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@dataclass(frozen=True, slots=True)
class FeaturePage:
    """Features, and how many there are in all."""

    features: list[Page]
    """GeoJSON, without links."""
    matched: int
    """On all pages."""
    said: Page
    """What a search says of itself, as further members."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A chip as the model saw it."""

    name: str
    """Follows from its content."""
    png: bytes | None
    """The file; ``None``: the client has it."""


class Archive:
    """All indexes below some roots. Threads share it."""

    def __init__(self, roots: Roots) -> None:
        self._roots = roots
        self._session = Session(KEPT)
        self._lock = threading.Lock()
        self._checked: dict[Path, tuple[int, int]] = {}
        self._names: tuple[float, dict[str, Path]] | None = None
        self._notice = ""
        self._keys: WeakKeyDictionary[SearchableIndex, tuple[ChipTable, tuple[str, ...]]]
        self._keys = WeakKeyDictionary()

    def begin(self, work: Work) -> dict[str, Path]:
        """Load the model and the first index ahead of the first search.

        Returns:
            The indexes by name.
        """
        self._session.hello(engine.Hello(PROTOCOL, "http"), work)
        names = self.names(work)
        for folder in list(names.values())[:1]:
            with suppress(CmpaglError):  # whoever asks for it is told
                self._session.open(engine.OneIndex(str(folder)), work)
        return names

    def shown(self, line: str) -> str:
        """A line as clients may see it."""
        return self._roots.shown(line)

    @property
    def notice(self) -> str:
        """Why the names may not be all of them; "" if they are."""
        return self._notice

    def names(self, work: Work) -> dict[str, Path]:
        """The indexes by name: their path below a root, ``~`` for a slash, without its ending.

        Further ones of a name, below other roots say, are called ``NAME~2`` and so on.
        """
        with self._lock:
            began = time.monotonic()
            if self._names is None or began > self._names[0]:
                found: dict[str, Path] = {}
                below = self._roots.indexes(work.check)
                if below.notice not in {"", self._notice}:
                    said = f"cmpagl: warning: {below.notice}"
                    print(said, file=sys.stderr, flush=True)  # noqa: T201
                self._notice = below.notice
                for folder in below.indexes:
                    # names of files need not be Unicode, those of addresses do
                    path = self._roots.name(str(folder)).encode(errors="backslashreplace").decode()
                    name = free = path.replace("/", "~").removesuffix(".cmpagl")
                    for number in itertools.count(2):
                        if found.get(free, folder) == folder:
                            break
                        free = f"{name}~{number}"
                    found[free] = folder
                now = time.monotonic()  # where looking takes long, it is done less often
                self._names = now + max(REFRESH_S, REFRESH_RATIO * (now - began)), found
            return self._names[1]

    def collection(self, work: Work, name: str) -> Page:
        """What a collection holds, without links.

        Raises:
            NotFoundError: if there is none of that name.
        """
        opened = self._session.open(engine.OneIndex(str(self._folder(work, name))), work)
        table = self._session.with_encoder(opened.index, needed=False).table
        boxes = np.array([half for scene in opened.scenes for half in split_box(scene.bounds)])
        taken = [span_of(scene.taken) for scene in table.scenes if scene.taken]
        ends = (min(one for one, _ in taken), max(one for _, one in taken)) if taken else ()
        own = name.removeprefix(SCENES)
        what = f"{opened.chips:,} chips of {len(opened.scenes):,} scenes; q searches them"
        if own != name:
            what = f"Footprints of {len(opened.scenes):,} scenes"
        return {
            "id": name,
            "title": own if own == name else f"{own}: scenes",
            "description": what,
            "itemType": "feature",
            "extent": {
                "spatial": {"bbox": [list(bounds_of(boxes.reshape(-1, 4)))], "crs": CRS84},
                "temporal": {"interval": [[text_of(end) for end in ends] or [None, None]]},
            },
            "crs": [CRS84],
            "chips": opened.chips,
            "ground_sizes_m": list(opened.ground_sizes_m),
            "model": opened.model.name,
            "searchable": opened.searchable,
        }

    def items(self, work: Work, name: str, want: Items, base: str) -> FeaturePage:
        """A page of a collection, or of a search in it.

        Args:
            work: the request at work.
            name: of the collection.
            want: which features.
            base: address of the server.

        Raises:
            NotFoundError: if there is no such collection.
            QueryError: if the sentence is none, or the box is no place on Earth.
        """
        if want.q is not None and not name.startswith(SCENES):
            folder = str(self._folder(work, name))
            asked = engine.Search(
                index=folder, query=want.q, k=want.k, where=want.where,
                min_relevance=want.min_relevance, plain=want.plain,
            )  # fmt: skip
            found = self._session.search(asked, work)
            page = found.hits[want.offset : want.offset + want.limit]
            return FeaturePage(
                self._holding(work, name, base).hits(page), len(found.hits), self._said(found)
            )
        holding, where = self._holding(work, name, base), filter_of(want.where)
        rows, undated = where.chosen(holding.table)
        said = {"undated": undated} if undated else {}
        here = slice(want.offset, want.offset + want.limit)
        if name.startswith(SCENES):
            numbers = np.unique(holding.table.scene_of[np.asarray(rows)]).tolist()
            return FeaturePage(holding.scenes(numbers[here]), len(numbers), said)
        return FeaturePage(holding.chips(np.asarray(rows[here], np.int64)), len(rows), said)

    def item(self, work: Work, name: str, item: str, base: str) -> Page:
        """A feature of a collection.

        Raises:
            NotFoundError: if it has none of that name.
        """
        holding = self._holding(work, name, base)
        if not name.startswith(SCENES):
            return holding.chips(np.array([_row(holding, item)]))[0]
        if item not in holding.keys:
            raise NotFoundError(f"found no scene {item[:80]!r} in this collection, wanted one")
        return holding.scenes([holding.keys.index(item)])[0]

    def thumbnail(self, work: Work, name: str, item: str, px: int, had: str) -> Thumbnail:
        """A chip as a picture, unless the client has it.

        Args:
            work: the request at work.
            name: of the collection.
            item: ``id`` of the chip.
            px: side of the picture.
            had: names of pictures that the client has, in whatever form.

        Raises:
            NotFoundError: if there is no such chip, or its scene cannot be read.
        """
        holding = self._holding(work, name, "")
        row = _row(holding, item)
        index = self._session.with_encoder(str(self._folder(work, name)), needed=False)
        drawn = picture_name(index, row, px)
        if drawn in had:
            return Thumbnail(drawn, None)
        scene = holding.table.scenes[holding.table.scene_of[row]]
        png = pictures(index, [holding.place(item)], px)[0] if holding.drawn(scene) else None
        if png is None:
            raise NotFoundError(
                f"{self._roots.name(scene.path)}: found no pixels that may be read here, wanted "
                "the scene as it was indexed, below a --root"
            )
        return Thumbnail(drawn, png)

    def similar(
        self, work: Work, name: str, want: ByExample, given: Sequence[bytes], base: str
    ) -> FeaturePage:
        """Places like examples.

        Args:
            work: the request at work.
            name: of the collection.
            want: the examples.
            given: further pictures to be like.
            base: address of the server.

        Raises:
            NotFoundError: if there is no such collection, or an example is no chip of it.
            QueryError: if a picture cannot be read, or there is nothing to be like.
        """
        holding = self._holding(work, name, base)
        with tempfile.TemporaryDirectory(prefix="cmpagl-") as place:
            folder = Path(place)
            lists = {
                side: tuple(
                    _example(holding, one, folder / f"{side}[{number}]")
                    for number, one in enumerate(getattr(want, side))
                )
                for side in ("like", "unlike")
            }
            for number, picture in enumerate(given):
                path = _written(picture, folder / f"picture {number + 1}")
                lists["like"] += ({"picture": str(path)},)
            asked = engine.Similar(
                index=str(self._folder(work, name)), query=want.q, k=want.k, where=want.where,
                plus=want.plus, minus=want.minus, plain=want.plain,
                like=lists["like"], unlike=lists["unlike"],
            )  # fmt: skip
            try:
                found = self._session.similar(asked, work)
            except QueryError as error:
                raise QueryError(str(error).replace(f"{folder}/", "")) from error
        return FeaturePage(
            self._holding(work, name, base).hits(found.hits), len(found.hits), self._said(found)
        )

    def _folder(self, work: Work, name: str) -> Path:
        """The index of a collection.

        Raises:
            NotFoundError: if there is none of that name.
            OutsideError: if it has links that lead out of the roots.
        """
        names = self.names(work)
        own = name.removeprefix(SCENES)
        if own not in names:
            some = ", ".join(list(names)[:5]) or "none, for no index lies below the roots"
            raise NotFoundError(
                f"found no collection {own[:80]!r}, wanted one of /collections, such as {some}"
            )
        folder = names[own]
        try:
            state = newest_number(folder), folder.stat().st_ctime_ns
        except OSError:
            state = 0, 0
        if not is_index(folder):
            with self._lock:
                self._names = None
            raise NotFoundError(
                f"found collection {own[:80]!r} deleted, wanted one of /collections"
            )
        if self._checked.get(folder) != state:
            self._roots.tree(str(folder))
            self._checked[folder] = state
        return folder

    def _holding(self, work: Work, name: str, base: str) -> Holding:
        """An index as it is now."""
        index = self._session.with_encoder(str(self._folder(work, name)), needed=False)
        with self._lock:
            table, keys = self._keys.get(index, (None, ()))
        if table is not index.table:
            table = index.table
            keys = tuple(scene_key(scene, index.info) for scene in table.scenes)
            with self._lock:
                self._keys[index] = table, keys
        url = f"{base}/collections/{quote(name.removeprefix(SCENES), safe='~')}"
        return Holding(table, keys, self._roots, url)

    def _said(self, found: Hits) -> Page:
        page = cast("Page", page_of(replace(found, hits=())))
        del page["hits"]
        page["problems"] = [self._roots.shown(problem) for problem in found.problems]
        return page


def _row(holding: Holding, item: str) -> int:
    """The row of a chip by its ``id``.

    Raises:
        NotFoundError: if there is none.
    """
    try:
        return row_of(holding.table, holding.place(item))
    except QueryError:
        raise NotFoundError(
            f"found no chip {item[:80]!r} any more, wanted one that is there; next: search again"
        ) from None


def _example(holding: Holding, one: Example, path: Path) -> Page:
    """An example as the engine's protocol has it.

    Raises:
        NotFoundError: if it is no chip of the collection.
        QueryError: if its picture cannot be read.
    """
    page = {name: value for name, value in asdict(one).items() if value is not None}
    if one.item is not None:
        chip = holding.place(page.pop("item"))
        page["scene"], page["ground_m"] = chip.scene, chip.ground_m
        page["window"] = list(astuple(chip.window))
    elif one.picture is not None:
        try:
            picture = base64.b64decode(one.picture, validate=True)
        except binascii.Error as error:
            raise QueryError(f"{path.name}.picture: found no base64 ({error}), wanted it") from None
        page["picture"] = str(_written(picture, path))
    return page


def _written(picture: bytes, path: Path) -> Path:
    """Write a picture that a client sent to where the engine reads it.

    Raises:
        QueryError: if it is none, or a larger one than anybody needs.
    """
    try:
        with Image.open(io.BytesIO(picture)) as header:
            width, height = header.size
    except DAMAGE as error:
        raise QueryError(
            f"{path.name}: found no picture ({type(error).__name__}), wanted PNG, JPEG or WebP"
        ) from None
    if width * height > LARGEST_PICTURE:
        raise QueryError(
            f"{path.name}: found {width} x {height} px, wanted at most "
            f"{LARGEST_PICTURE:,} in all; next: send a smaller one"
        )
    path.write_bytes(picture)
    return path

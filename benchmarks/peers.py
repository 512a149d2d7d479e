"""Other ways to find the best of many vectors: :data:`PEERS`, those installed and those not."""

from __future__ import annotations

import atexit
import importlib.util
import shutil
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Find = Callable[[NDArray[np.float32]], NDArray[np.int64]]

BLOCK, MOST = 1 << 16, 20_000_000
TRAINED_ON = 100_000
"""Vectors that faiss learns its cells and steps from."""


@dataclass(frozen=True, slots=True)
class PeerKind:
    """One way to search, not built yet."""

    name: str
    """What to call it in a table."""
    package: str
    """Module that it needs."""
    build: Callable[[NDArray[np.float16], int], Find]
    """From embeddings ``(n, D)`` and k to what answers."""
    bytes_number: int = 0
    """Bytes that it keeps in memory of each number of a vector; 0: it keeps them on disk."""
    wanted_ratio: float | None = None
    """How many times faster we mean to be at a million."""
    most: int = 3_000_000
    """Chips beyond which it is not asked: its copies of the embeddings would fill the memory."""
    approximate: bool = False
    """Whether it may miss some of the best."""

    @property
    def there(self) -> bool:
        """Whether it is installed."""
        return importlib.util.find_spec(self.package) is not None


def exact(
    embeddings: NDArray[np.float16], queries: NDArray[np.float32], k: int
) -> NDArray[np.int64]:
    """The true best k rows of each query, ``(m, k)``, in any order: all are compared in singles."""
    rows = np.zeros((len(queries), 0), np.int64)
    scores = np.zeros((len(queries), 0), np.float32)
    for start in range(0, len(embeddings), BLOCK):
        found = queries @ embeddings[start : start + BLOCK].astype(np.float32).T
        numbers = np.broadcast_to(np.arange(start, start + found.shape[1]), found.shape)
        scores, rows = np.hstack([scores, found]), np.hstack([rows, numbers])
        best = np.argpartition(-scores, min(k, scores.shape[1] - 1), axis=1)[:, :k]
        scores = np.take_along_axis(scores, best, axis=1)
        rows = np.take_along_axis(rows, best, axis=1)
    return rows


def recall(found: NDArray[np.int64], wanted: NDArray[np.int64]) -> float:
    """Share of the wanted rows among those found, mean over the queries."""
    shares = [len(np.intersect1d(a, b)) / len(b) for a, b in zip(found, wanted, strict=True)]
    return float(np.mean(shares))


def _faiss(embeddings: NDArray[np.float16], k: int, kind: str, probes: int = 0) -> Find:
    import faiss  # noqa: PLC0415 - a peer, not needed by the rest

    index = faiss.index_factory(embeddings.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    if not index.is_trained:
        step = max(1, len(embeddings) // TRAINED_ON)
        index.train(np.ascontiguousarray(embeddings[::step], np.float32))
    for start in range(0, len(embeddings), BLOCK):
        index.add(embeddings[start : start + BLOCK].astype(np.float32))
    if probes:
        index.nprobe = probes
    return lambda query: index.search(query[None], k)[1][0]


def _usearch(embeddings: NDArray[np.float16], k: int) -> Find:
    from usearch.index import MetricKind, search  # noqa: PLC0415

    def bytes_of(vectors: NDArray[np.floating]) -> NDArray[np.int8]:
        return np.rint(127 * np.asarray(vectors, np.float32)).astype(np.int8)

    whole = np.empty(embeddings.shape, np.int8)
    for start in range(0, len(embeddings), BLOCK):
        whole[start : start + BLOCK] = bytes_of(embeddings[start : start + BLOCK])
    return lambda query: search(whole, bytes_of(query), k, MetricKind.Cos, exact=True).keys.astype(
        np.int64
    )


def _lancedb(embeddings: NDArray[np.float16], k: int) -> Find:
    import lancedb  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    size = embeddings.shape[1]

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(embeddings), BLOCK):
            part = embeddings[start : start + BLOCK].astype(np.float32)
            vectors = pa.FixedSizeListArray.from_arrays(pa.array(part.reshape(-1)), size)
            rows = pa.array(np.arange(start, start + len(part)))
            yield pa.RecordBatch.from_arrays([rows, vectors], ["row", "vector"])

    schema = pa.schema({"row": pa.int64(), "vector": pa.list_(pa.float32(), size)})
    folder = _scratch("lance")
    table = lancedb.connect(folder).create_table("chips", batches(), schema=schema)
    return lambda query: np.array(
        table.search(query)
        .distance_type("dot")
        .limit(k)
        .select(["row", "_distance"])
        .to_arrow()["row"]
    )


def _duckdb(embeddings: NDArray[np.float16], k: int) -> Find:
    import duckdb  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    size = embeddings.shape[1]
    folder = Path(_scratch("duck"))
    base = duckdb.connect(str(folder / "chips.db"))
    base.execute(f"CREATE TABLE chips (number BIGINT, vector FLOAT[{size}])")
    for start in range(0, len(embeddings), BLOCK):
        part = embeddings[start : start + BLOCK].astype(np.float32)
        vectors = pa.FixedSizeListArray.from_arrays(pa.array(part.reshape(-1)), size)
        block = pa.table({"number": np.arange(start, start + len(part)), "vector": vectors})
        base.register("block", block)
        base.execute("INSERT INTO chips SELECT number, vector FROM block")
        base.unregister("block")
    question = (
        f"SELECT number FROM chips ORDER BY array_inner_product(vector, ?::FLOAT[{size}]) "
        f"DESC LIMIT {k}"
    )
    return lambda query: np.array(base.execute(question, [query.tolist()]).fetchnumpy()["number"])


def _scratch(name: str) -> str:
    """A temporary folder that goes when this process ends."""
    folder = tempfile.mkdtemp(prefix=f"bench-{name}-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


PEERS = (
    PeerKind(
        "faiss IndexFlatIP float32", "faiss", partial(_faiss, kind="Flat"), 4, wanted_ratio=20.0
    ),
    PeerKind(
        "faiss SQfp16 flat", "faiss", partial(_faiss, kind="SQfp16"), 2, most=MOST, approximate=True
    ),
    PeerKind(
        "faiss SQ8 flat", "faiss", partial(_faiss, kind="SQ8"), 1, most=MOST, approximate=True
    ),
    PeerKind(
        "faiss IVF2048,SQ8, 16 probes",
        "faiss",
        partial(_faiss, kind="IVF2048,SQ8", probes=16),
        1,
        approximate=True,
    ),
    PeerKind(
        "usearch exact int8", "usearch", _usearch, 1, wanted_ratio=6.0, most=MOST, approximate=True
    ),
    PeerKind("LanceDB flat", "lancedb", _lancedb, wanted_ratio=50.0),
    PeerKind("DuckDB array_inner_product", "duckdb", _duckdb, wanted_ratio=20.0),
)
"""In the order that they are asked."""

"""Other ways to find the best of many vectors, each as a function from question to rows.

Only faiss is needed; the others take part where they are installed.
"""

from __future__ import annotations

import importlib.util
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Find = Callable[[NDArray[np.float32]], NDArray[np.int64]]

BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Peer:
    """One way."""

    name: str
    """What to call it in a table."""
    find: Find
    """From a query ``(D,)`` to the rows of the best k."""
    bytes_each: float
    """Bytes a vector that it keeps in memory."""


def peers(embeddings: NDArray[np.float16], k: int, *, many: bool) -> Iterator[Peer]:
    """Build the peers that are installed, one at a time: who asks for the next drops the last.

    Args:
        embeddings: unit vectors ``(n, D)``.
        k: how many each finds.
        many: whether there are so many that float32 copies would not fit into memory.
    """
    size = embeddings.shape[1]
    if not many:
        yield Peer("faiss IndexFlatIP float32", _faiss(embeddings, "Flat", k), 4 * size)
    yield Peer("faiss SQfp16 flat", _faiss(embeddings, "SQfp16", k), 2 * size)
    yield Peer("faiss SQ8 flat", _faiss(embeddings, "SQ8", k), size)
    if not many:
        yield Peer("faiss IVF2048,SQ8 nprobe 16", _faiss(embeddings, "IVF2048,SQ8", k, 16), size)
    if importlib.util.find_spec("usearch"):
        yield Peer("usearch exact int8", _usearch(embeddings, k), size)
    if importlib.util.find_spec("lancedb") and not many:
        yield Peer("LanceDB flat", _lancedb(embeddings, k), 0)
    if importlib.util.find_spec("duckdb") and not many:
        yield Peer("DuckDB array_inner_product", _duckdb(embeddings, k), 4 * size)


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


def _faiss(embeddings: NDArray[np.float16], kind: str, k: int, probes: int = 0) -> Find:
    import faiss  # noqa: PLC0415 - a peer, not needed by the rest

    index = faiss.index_factory(embeddings.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    if not index.is_trained:
        step = max(1, len(embeddings) // 100_000)
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
    folder = tempfile.mkdtemp(prefix="bench-lance-")
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
    folder = Path(tempfile.mkdtemp(prefix="bench-duck-"))
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

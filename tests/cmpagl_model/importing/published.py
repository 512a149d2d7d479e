"""Small files with the columns, types and footers of published embeddings; places are invented."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from tests.cmpagl_model.index.embedded import boxes, clustered

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 12
FIRST = datetime(2024, 6, 3, 10, 30, tzinfo=timezone.utc)
TIMES = [FIRST + timedelta(days=day) for day in range(COUNT)]
EARTH_INDEX_EMB = {
    "version": "0.0.1",
    "model": {"id": "dinov2_vits14_softcon", "version": "2.0.0", "name": "SoftCon"},
    "datetime": "2023-07-02T00:00:00Z",
    "embedding_dim": 384,
    "embedding_quantization": "None",
}


def centres() -> np.ndarray:
    """The points in the middle of the boxes."""
    return shapely.centroid(boxes(COUNT))


def lgnd_clay(folder: Path) -> np.ndarray:
    """LGND's Clay v1.5: polygons, 1,024 numbers, a hive partition for each zone and month."""
    vectors = clustered(COUNT, 1024)
    for place, month in enumerate(("05", "06")):
        rows = slice(place * COUNT // 2, (place + 1) * COUNT // 2)
        frame = geopandas.GeoDataFrame(
            {
                "chips_id": [f"chip-{n}" for n in range(COUNT)][rows],
                "cell_id": [f"{n}U_10R" for n in range(COUNT)][rows],
                "rasters_id": ["r"] * (COUNT // 2),
                "stac_item_id": [f"S2A_31UET_{n}_L2A" for n in range(COUNT)][rows],
                "collection": ["sentinel-2-l2a"] * (COUNT // 2),
                "datetime": TIMES[rows],
            },
            geometry=boxes(COUNT)[rows],
            crs="EPSG:4326",
        )
        frame["embedding"] = list(vectors[rows])
        path = folder / "scene" / "gzd=31U" / "year=2024" / f"month={month}" / "data_0.parquet"
        path.parent.mkdir(parents=True)
        frame.to_parquet(path, schema_version="1.1.0", write_covering_bbox=True)
    return vectors


def lgnd_monthly(folder: Path) -> np.ndarray:
    """LGND's larger set: 256 numbers for each cell and month, a deep hive of partitions."""
    vectors = clustered(COUNT, 256)
    frame = geopandas.GeoDataFrame(
        {
            "chips_id": [f"chip-{n}" for n in range(COUNT)],
            "cell_id": [f"{n}U_10R" for n in range(COUNT)],
            "datetime": TIMES,
        },
        geometry=boxes(COUNT),
        crs="EPSG:4326",
    )
    frame["embedding"] = list(vectors)
    hive = "model_version=v1.5/collection=sentinel-2-l2a/chip_size=1280m/dims=256/geohash=u1"
    path = folder / "monthly-aggregated" / hive / "year=2024" / "month=6" / "data_0.parquet"
    path.parent.mkdir(parents=True)
    frame.to_parquet(path, schema_version="1.1.0", write_covering_bbox=True)
    return vectors


def clay_v0(path: Path) -> np.ndarray:
    """The first Clay embeddings: the column is called ``embeddings``, the time ``date``."""
    vectors = clustered(COUNT, 768)
    frame = geopandas.GeoDataFrame(
        {
            "index": range(COUNT),
            "source_url": [f"s3://clay-tiles/{n}.tif" for n in range(COUNT)],
            "date": [one.date() for one in TIMES],
            "embeddings": list(vectors),
        },
        geometry=boxes(COUNT),
        crs="EPSG:4326",
    )
    frame.to_parquet(path)
    return vectors


def earth_index(path: Path) -> np.ndarray:
    """Earth Index: centroids of squares of 320 m, 384 numbers, an early page ``emb``."""
    vectors = clustered(COUNT, 384)
    frame = geopandas.GeoDataFrame(
        {"id": np.arange(COUNT, dtype=np.uint64) + 2**40, "embedding": list(vectors)},
        geometry=centres(),
        crs="EPSG:4326",
    )
    frame.to_parquet(path)
    table = pq.read_table(path)
    footer = {**table.schema.metadata, b"emb": json.dumps(EARTH_INDEX_EMB).encode()}
    pq.write_table(table.replace_schema_metadata(footer), path)
    return vectors


def major_tom(path: Path, *, nested: bool) -> np.ndarray:
    """Major TOM with SigLIP: 1,152 numbers, in some files a list of one list."""
    vectors = clustered(COUNT, 1152)
    frame = geopandas.GeoDataFrame(
        {
            "unique_id": [f"u{n}" for n in range(COUNT)],
            "timestamp": [one.strftime("%Y-%m-%dT%H:%M:%S") for one in TIMES],
            "product_id": [f"S2A_MSIL1C_{n}" for n in range(COUNT)],
            "grid_cell": ["1U_2R"] * COUNT,
            "grid_row_u": np.full(COUNT, 1, np.int16),
            "grid_col_r": np.full(COUNT, 2, np.int16),
            "centre_lat": shapely.get_y(centres()).astype(np.float32),
            "centre_lon": shapely.get_x(centres()).astype(np.float32),
            "utm_footprint": [shape.wkt for shape in boxes(COUNT)],
            "utm_crs": ["EPSG:32631"] * COUNT,
            "pixel_bbox": [[0, 0, 384, 384]] * COUNT,
        },
        geometry=boxes(COUNT),
        crs="EPSG:4326",
    )
    frame["embedding"] = [[row] for row in vectors] if nested else list(vectors)
    frame.to_parquet(path)
    return vectors


def ml4sustain(path: Path) -> np.ndarray:
    """ML4Sustain's EarthEmbeddings: no GeoParquet, geometries as text."""
    vectors = clustered(COUNT, 512)
    pd.DataFrame({
        "unique_id": [f"u{n}" for n in range(COUNT)],
        "grid_cell": ["1U_2R"] * COUNT,
        "product_id": [f"S2A_MSIL2A_{n}" for n in range(COUNT)],
        "timestamp": [one.strftime("%Y-%m-%dT%H:%M:%S") for one in TIMES],
        "centre_lat": shapely.get_y(centres()),
        "centre_lon": shapely.get_x(centres()),
        "geometry_wkt": [shape.wkt for shape in boxes(COUNT)],
        "embedding": list(vectors),
    }).to_parquet(path)  # fmt: skip
    return vectors


def alpha_earth(path: Path, *, whole: bool) -> np.ndarray:
    """AlphaEarth as a table of pixels: A00 to A63, floats or the whole numbers of its rasters."""
    vectors = clustered(COUNT, 64).astype(np.float64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    columns = vectors
    if whole:
        columns = np.rint(127.5 * np.sign(vectors) * np.abs(vectors) ** 0.5).astype(np.int8)
        vectors = np.sign(columns) * (columns / 127.5) ** 2
    pd.DataFrame({
        "longitude": shapely.get_x(centres()),
        "latitude": shapely.get_y(centres()),
        **{f"A{band:02d}": columns[:, band] for band in range(64)},
    }).to_parquet(path)  # fmt: skip
    return vectors


def quantized(path: Path) -> np.ndarray:
    """Whole numbers of eight bits with scale and offset, as the page ``emb`` of STAC says them."""
    random = np.random.default_rng(5)
    kept = random.integers(-127, 128, (COUNT, 128)).astype(np.int8)
    scale, offset = random.uniform(0.5, 2, 128), random.uniform(-20, 20, 128)
    page = {
        "emb:type": "chip",
        "links": [{"rel": "emb:model", "href": "https://example.org/stac/mlm-items/prithvi-v2"}],
        "emb:quantization": {
            "method": "linear", "original_dtype": "float32", "quantized_dtype": "int8",
            "scale": scale.tolist(), "offset": offset.tolist(),
        },
    }  # fmt: skip
    table = pa.table({
        "geometry": pa.array(shapely.to_wkb(boxes(COUNT)), pa.binary()),
        "embedding": pa.array(list(kept), pa.list_(pa.int8())),
    })  # fmt: skip
    pq.write_table(table.replace_schema_metadata({"emb": json.dumps(page)}), path)
    return kept * scale + offset


def tessera(path: Path) -> np.ndarray:
    """TESSERA's pixels as a table: whole numbers and a scale for each row."""
    random = np.random.default_rng(6)
    kept = random.integers(-127, 128, (COUNT, 128)).astype(np.int8)
    scales = random.uniform(0.01, 0.1, COUNT).astype(np.float32)
    table = pa.table({
        "lon": shapely.get_x(centres()), "lat": shapely.get_y(centres()), "scale": scales,
        "embedding": pa.array(list(kept), pa.list_(pa.int8())),
    })  # fmt: skip
    pq.write_table(table, path)
    return kept * scales[:, None].astype(np.float64)


def geoarrow(path: Path) -> np.ndarray:
    """GeoParquet 1.1 whose polygons are GeoArrow's."""
    vectors = clustered(COUNT, 32)
    frame = geopandas.GeoDataFrame(geometry=boxes(COUNT), crs="EPSG:4326")
    frame["embedding"] = list(vectors)
    frame.to_parquet(path, geometry_encoding="geoarrow", schema_version="1.1.0")
    return vectors

"""Codes follow from an embedding and the book alone: sums of whole numbers, on every processor."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from cmpagl_model.table.codes import AXIS_UNIT, CENTRE_UNIT, TOP, fit_codes
from tests.cmpagl_model.index.embedded import clustered

SIZE = 256


def units(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


@pytest.fixture(scope="module")
def embeddings():
    return units(clustered(3000, SIZE))


@pytest.fixture(scope="module")
def book(embeddings):
    return fit_codes(embeddings)


def test_codes_are_what_exact_arithmetic_gives(book, embeddings):
    some = embeddings[::300]
    centre = [round(Fraction(float(x)) / Fraction(CENTRE_UNIT)) for x in book.centre]
    axes = [[round(Fraction(float(x)) / Fraction(AXIS_UNIT)) for x in row] for row in book.axes.T]
    unit = CENTRE_UNIT * AXIS_UNIT
    for vector, code in zip(some, book.encode(some), strict=True):
        away = [
            int(Fraction(float(x)) / Fraction(CENTRE_UNIT)) - c
            for x, c in zip(vector, centre, strict=True)
        ]
        along = [
            sum(x * a for x, a in zip(away, axis, strict=True)) * unit / book.step for axis in axes
        ]
        assert code.tolist() == [max(-TOP, min(TOP, round(x))) for x in along]


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 64, 900, 2999])
def test_codes_of_a_part_are_those_of_the_whole(book, embeddings, rows):
    cut = [book.encode(embeddings[start : start + rows]) for start in range(0, 3000, rows)]
    np.testing.assert_array_equal(np.concatenate(cut), book.encode(embeddings))
    mixed = np.random.default_rng(rows).permutation(3000)[: max(rows, 30)]
    np.testing.assert_array_equal(book.encode(embeddings[mixed]), book.encode(embeddings)[mixed])


ENCODE = """
import sys, hashlib, numpy as np
from cmpagl_model.table.codes import CodeBook
held = np.load(sys.argv[1])
book = CodeBook(held["centre"], held["axes"], float(held["step"]), 0.0)
print(hashlib.sha256(book.encode(held["embeddings"]).tobytes()).hexdigest())
"""


@pytest.mark.skipif(platform.machine() not in {"x86_64", "AMD64"}, reason="names of x86 processors")
def test_codes_are_the_same_as_on_another_processor(book, embeddings, tmp_path):
    """OpenBLAS adds up in another order on each of these; elsewhere the setting does nothing."""
    held = tmp_path / "held.npz"
    np.savez(held, centre=book.centre, axes=book.axes, step=book.step, embeddings=embeddings)
    wanted = hashlib.sha256(book.encode(embeddings).tobytes()).hexdigest()
    for kernel in ("Prescott", "Nehalem", "Haswell", "Zen"):
        found = subprocess.run(
            [sys.executable, "-c", ENCODE, str(held)],
            env={**os.environ, "OPENBLAS_CORETYPE": kernel},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert found.stdout.strip() == wanted, kernel


def test_what_is_no_embedding_has_a_code_too(book):
    odd = np.array([np.nan, np.inf, -np.inf, 6e4], np.float16)
    rows = np.repeat(odd[:, None], SIZE, axis=1)
    assert np.abs(book.encode(rows).astype(int)).max() <= TOP

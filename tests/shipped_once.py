"""The shipped model, opened once a process of the tests, and each batch encoded once.

A user's process opens it once, which costs half a second; each of the thousands of searches that
tests make in their own process would do it anew, and scenes and sentences that come again would be
encoded again. A batch is known by all its bytes: its vectors are to the bit those of a new process.
Processes that tests start, and the tests of the encoders, do without.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from pathlib import Path

import onnxruntime
import pytest

from cmpagl_model import model_folder
from cmpagl_model.encoders import onnx_runtime

REAL_SESSION, REAL_TOKENIZER = onnxruntime.InferenceSession, onnx_runtime.load_tokenizer
REAL_SHA256 = model_folder.sha256_of


class Remembering:
    """A session of ONNX Runtime that remembers the embeddings of what it has been given."""

    def __init__(self, session):
        self._session, self._known = session, {}

    def __getattr__(self, name):
        return getattr(self._session, name)

    def run(self, outputs, inputs, *more):
        if outputs != ["embedding"]:
            return self._session.run(outputs, inputs, *more)
        digest = hashlib.blake2b(digest_size=16)
        for value in inputs.values():
            digest.update(value)
        key = (*((name, value.shape) for name, value in inputs.items()), digest.digest())
        if key not in self._known:
            self._known[key] = self._session.run(outputs, inputs, *more)
        return [vectors.copy() for vectors in self._known[key]]


def _of_package(path):
    return Path(path).is_relative_to(model_folder.SHIPPED)


class ReadOnce:
    """Stands for the three ways to read a file of a model; files of others are read as ever."""

    def __init__(self):
        self._kept = {}

    def _once(self, key, make):
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def session(self, path, options=None, **more):
        if options is None or not _of_package(path):
            return REAL_SESSION(path, options, **more)
        return self._once(
            (path, str(more)), lambda: Remembering(REAL_SESSION(path, options, **more))
        )

    def tokenizer(self, model):
        if not _of_package(model.path):
            return REAL_TOKENIZER(model)
        return self._once(model.path, lambda: REAL_TOKENIZER(model))

    def sha256_of(self, files):
        if not all(map(_of_package, files)):
            return REAL_SHA256(files)
        key = tuple((file, file.stat().st_mtime_ns) for file in files)
        return self._once(key, lambda: REAL_SHA256(files))


@contextmanager
def read_once():
    """While it lasts, files of the shipped models are read once."""
    kept = ReadOnce()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onnxruntime, "InferenceSession", kept.session)
        patch.setattr(onnx_runtime, "load_tokenizer", kept.tokenizer)
        patch.setattr(model_folder, "sha256_of", kept.sha256_of)
        yield

"""Which encoder serves a model on this machine."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING, Literal, cast

from cmpagl_model.errors import MissingExtraError
from cmpagl_model.model_folder import DEFAULT_MODEL, find_model
from cmpagl_model.pair import PairConfig

from .onnx_runtime import OnnxEncoder, gpu_available
from .pair import PairEncoder

if TYPE_CHECKING:
    from cmpagl_model.model_folder import ModelFolder

    from .protocol import Encoder

Device = Literal["auto", "cpu", "cuda"]
Backend = Literal["auto", "onnx", "torch"]
NO_GPU = (
    "--device cuda: found no usable NVIDIA GPU (its driver, and either PyTorch with CUDA or "
    "onnxruntime-gpu, are wanted); next: use --device cpu, or install one of both"
)


def open_encoder(
    model: str | ModelFolder = DEFAULT_MODEL, device: Device = "auto", backend: Backend = "auto"
) -> Encoder:
    """The fastest encoder of a model that this machine has.

    Args:
        model: a known name, a model folder's path, or a folder already found.
        device: ``auto`` takes an NVIDIA GPU where one can be used, else the CPU.
        backend: ``auto`` takes PyTorch for a GPU if it is installed, else ONNX Runtime; a pair of
            ONNX graphs knows ONNX Runtime alone.

    Returns:
        A ready encoder.

    Raises:
        ModelError: if the model is missing or damaged.
        MissingExtraError: if a GPU or PyTorch is asked for and is not there.
    """
    folder = find_model(model) if isinstance(model, str) else model
    wants_gpu = device == "cuda" or (device == "auto" and _driver_present())
    if isinstance(folder.config, PairConfig):
        gpu = wants_gpu and _driver_present() and gpu_available()
        if backend == "torch" or (device == "cuda" and not gpu):
            raise MissingExtraError(
                f"{folder.path}: found a pair of ONNX graphs, which ONNX Runtime alone can run, on "
                "a GPU with an NVIDIA driver and onnxruntime-gpu; next: use --device cpu, or "
                "install both"
            )
        return PairEncoder(folder, gpu=gpu)
    if backend == "torch" or (wants_gpu and backend == "auto" and _torch_sees_gpu()):
        torch_device = "cuda" if wants_gpu and _torch_sees_gpu() else "cpu"
        if importlib.util.find_spec("torch") is None:
            raise MissingExtraError(
                "found no PyTorch in this environment, wanted it for the torch encoder; "
                "next: pip install 'cmpagl-qgis[torch]', or leave the backend on auto"
            )
        if device == "cuda" and torch_device != "cuda":
            raise MissingExtraError(NO_GPU)
        # Imported by name: the light path must not load torch, not even by accident.
        module = importlib.import_module("cmpagl_model.encoders.torch_backend")
        return cast("Encoder", module.TorchEncoder(folder, torch_device))
    if wants_gpu and gpu_available():
        return OnnxEncoder(folder, gpu=True)
    if device == "cuda":
        raise MissingExtraError(NO_GPU)
    return OnnxEncoder(folder)


def _driver_present() -> bool:
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _torch_sees_gpu() -> bool:
    if not _driver_present() or importlib.util.find_spec("torch") is None:
        return False
    return bool(importlib.import_module("torch").cuda.is_available())

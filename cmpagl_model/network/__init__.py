"""The CMPAGL network in PyTorch (extra ``torch``). Start at :func:`create_model`."""

from .checkpoint import from_pretrained, save_pretrained
from .model import CmpaglModel, Encoded
from .pretrained import create_model

__all__ = ["CmpaglModel", "Encoded", "create_model", "from_pretrained", "save_pretrained"]

"""What answers behind ``cmpagl serve``: docs/protocol.md in code. Start at :func:`serve`."""

from .server import serve

__all__ = ["serve"]

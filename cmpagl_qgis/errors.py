"""What the plugin refuses or reports, with messages for a person. Root: :class:`PluginError`."""

from __future__ import annotations

REFUSED = -32000
"""The engine refused on purpose; its message says what to do."""
CANCELLED = -32001
"""The request was cancelled."""
DIED = 1
"""The engine ended before it answered. Positive codes are the plugin's own, not the protocol's."""
NOT_STARTED = 2
"""The engine could not be started."""
UNREADABLE = 3
"""The engine's answer could not be read."""


class PluginError(Exception):
    """Anything this plugin refuses on purpose."""


class ProtocolError(PluginError):
    """A line or an answer that does not follow the protocol."""


class InterpreterError(PluginError):
    """No Python with the engine in it."""


class InstallError(PluginError):
    """The engine cannot be installed or removed."""


class SourceError(PluginError):
    """A layer that the engine cannot read."""


class RenderError(PluginError):
    """A map that cannot be rendered into a scene."""


class LayerError(PluginError):
    """A layer of matches that cannot be made or changed."""


class ExportError(PluginError):
    """A file of matches that cannot be written."""


class EngineError(PluginError):
    """Why a request has no result: the engine's refusal, a cancellation, or the engine's end.

    Attributes:
        code: one of this module's constants, or another code of JSON-RPC.
        message: what was found, wanted and the next step, for a person.
        kind: the engine's own name of the error, such as ``IndexMismatchError``; may be empty.
        undated: chips left out because nobody knows when they were taken, where none was left.
    """

    def __init__(self, code: int, message: str, kind: str = "", undated: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.kind = kind
        self.undated = undated

    @property
    def cancelled(self) -> bool:
        """Whether the user wanted it so."""
        return self.code == CANCELLED

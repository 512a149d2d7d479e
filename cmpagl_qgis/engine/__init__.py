"""The one wire to the engine: its process, the protocol, the records of its answers."""

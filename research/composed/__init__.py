"""Sentences of several conditions, by parts or as they stand: ``python -m research.composed``."""

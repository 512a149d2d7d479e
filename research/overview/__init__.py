"""Choosing the reference sentences of ``describe`` and ``overview``, and measuring both."""

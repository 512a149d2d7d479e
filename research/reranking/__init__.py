"""Choosing how to re-rank with new weights: ``python -m research.reranking``."""

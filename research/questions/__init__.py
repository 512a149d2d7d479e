"""Measures questions beyond one sentence: ``python -m research.questions change|objects``."""

"""Measuring retrieval. Start at :func:`~cmpagl_model.evaluation.metrics.retrieval_scores`."""

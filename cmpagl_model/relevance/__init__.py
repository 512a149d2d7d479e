"""How likely a hit is right, and what to say where nothing is.

Start at :func:`cmpagl_model.relevance.calibration.read_relevance`. The constants come from
``python -m research.relevance``.
"""

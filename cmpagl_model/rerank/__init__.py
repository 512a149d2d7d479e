"""A second look at the best: similarity matrix reweighting and the fusion encoder.

Works on scores and tokens; knows neither files of an index nor data sets. Start at
:mod:`~cmpagl_model.rerank.settings` for what is configured, :mod:`~cmpagl_model.rerank.smr` for
the reweighting.
"""

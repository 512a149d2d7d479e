"""CMPAGL in Processing: toolbox, models, batch and ``qgis_process``. Start at ``provider.py``.

An algorithm starts an engine of its own and ends it: it may run in a thread, or without a desktop.
"""

"""What runs inside QGIS is no test module."""

collect_ignore = ["in_qgis.py", "scenario.py"]

"""What runs inside QGIS is no test module."""

collect_ignore = ["hands.py", "in_qgis.py", "newcomer.py", "scenario.py"]

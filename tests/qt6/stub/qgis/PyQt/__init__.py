"""QGIS 4 hands PyQt6 on; so does this."""

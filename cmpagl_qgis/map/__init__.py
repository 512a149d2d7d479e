"""What is drawn on the map and read from it: layers, styles, tools, files."""

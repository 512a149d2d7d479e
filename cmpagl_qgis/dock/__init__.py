"""What the user sees: widgets only. They know no process, no layer and no project.

Start at :class:`cmpagl_qgis.dock.search_dock.SearchDock`.
"""

"""One step of the build that pyproject.toml has no word for: see docs/decisions/0005.

QGIS wants ``metadata.txt`` and ``LICENSE`` inside the plugin's folder, and its help the user guide;
the repository keeps its one copy of each elsewhere. So the build places them in the wheel's
``cmpagl_qgis``. An editable install needs no copy: there they are found beside the package.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PLUGIN = "cmpagl_qgis"
FACTS = ("metadata.txt", "LICENSE")
DOCS = Path("docs")
GUIDE = ("user-guide.md", "images/guide/*.jpg")
"""In the folder of pages; they keep their places under ``help/``."""


class BuildWithFacts(build_py):
    """Copies the package's files, then the plugin's facts and its guide into it."""

    def run(self) -> None:
        """Build as always, and add the facts unless the install is editable."""
        super().run()
        if self.editable_mode:
            return
        plugin = Path(self.build_lib) / PLUGIN
        for name in FACTS:
            self.copy_file(name, str(plugin / name))
        for path in (path for pattern in GUIDE for path in sorted(DOCS.glob(pattern))):
            place = plugin / "help" / path.relative_to(DOCS)
            self.mkpath(str(place.parent))
            self.copy_file(str(path), str(place))


setup(cmdclass={"build_py": BuildWithFacts})

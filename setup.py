"""One step of the build that pyproject.toml has no word for: see docs/decisions/0005.

QGIS wants ``metadata.txt`` and ``LICENSE`` inside the plugin's folder, and the repository keeps
its one copy of each at its top. So the build places them in the wheel's ``cmpagl_qgis``. An
editable install needs no copy: there the command finds them beside the package.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PLUGIN = "cmpagl_qgis"
FACTS = ("metadata.txt", "LICENSE")


class BuildWithFacts(build_py):
    """Copies the package's files, then the plugin's facts into it."""

    def run(self) -> None:
        """Build as always, and add the facts unless the install is editable."""
        super().run()
        if not self.editable_mode:
            for name in FACTS:
                self.copy_file(name, str(Path(self.build_lib) / PLUGIN / name))


setup(cmdclass={"build_py": BuildWithFacts})

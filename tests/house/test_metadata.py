"""metadata.txt, pyproject.toml and CITATION.cff say the same, and QGIS can read the first."""

import configparser
import re
from pathlib import Path

import pytest

from cmpagl_model import __version__
from tiling.formats import FOLDER_ENDINGS

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = (
    *("name", "description", "version", "qgisMinimumVersion", "author", "email"),
    *("about", "tracker", "repository"),
)


@pytest.fixture(scope="module")
def metadata():
    parser = configparser.ConfigParser()
    parser.optionxform = str
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    return parser["general"]


def project_field(name):
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return re.search(rf'^{name} = "([^"]+)"', text, re.MULTILINE).group(1)


@pytest.mark.parametrize("key", REQUIRED)
def test_keys_required_by_the_plugin_site_are_filled(metadata, key):
    assert metadata[key].strip()


def test_versions_are_equal(metadata):
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = __version__
    assert metadata["version"] == version
    assert f"\nversion: {version}\n" in citation
    assert f"\n## [{version}]" in changelog


def test_the_dock_offers_the_files_that_folders_are_searched_for():
    dialog = (ROOT / "cmpagl_qgis" / "dock" / "build_dialog.py").read_text(encoding="utf-8")
    offered = re.search(r'^RASTERS = "(.+)"', dialog, re.MULTILINE)[1].split()
    assert {f"*{ending}" for ending in FOLDER_ENDINGS} <= set(offered)


@pytest.mark.parametrize("page", ["README.md", "docs/user-guide.md"])
def test_pages_name_the_toolbar_that_has_the_button(page):
    """As QGIS calls it; the desktop test finds the button there."""
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"(?i)(\w+) tool ?bar\b", text))
    assert named == {"Plugins"}
    plugin = (ROOT / "cmpagl_qgis" / "plugin.py").read_text(encoding="utf-8")
    assert "addToolBarIcon" in plugin


def test_qgis_versions_and_kind(metadata):
    assert metadata["qgisMinimumVersion"] == "3.22"
    assert metadata["qgisMaximumVersion"] == "4.99"
    assert metadata["hasProcessingProvider"] == "yes"


def test_about_names_the_engine_that_pip_installs(metadata):
    assert f"pip install {project_field('name')}" in metadata["about"]


@pytest.mark.parametrize("key", ["homepage", "repository", "tracker"])
def test_addresses_are_web_addresses(metadata, key):
    assert metadata[key].startswith("https://")


def test_licence_is_the_gpl_3():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert project_field("license") == "GPL-3.0-or-later"
    assert text.lstrip().startswith("GNU GENERAL PUBLIC LICENSE\n")
    assert "Version 3, 29 June 2007" in text

"""The site of the documentation: ``make site`` builds it, a warning is an error."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import cmpagl_model
import cmpagl_model.index
import tiling

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[1]
SOURCE = "https://github.com/cmpagl-qgis/cmpagl-qgis/blob/main/"
PAGES = {
    "../MODEL_CARD.md": "model-card.md",
    "../CHANGELOG.md": "changelog.md",
    "../CONTRIBUTING.md": "contributing.md",
    "../README.md": "index.md",
}
"""Files beside docs/ that are pages of the site, too."""

project = "CMPAGL for QGIS"
author = "the CMPAGL for QGIS developers"
copyright = f"{author}; GPL-3.0-or-later"  # noqa: A001 - Sphinx's name
version = release = cmpagl_model.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "attrs_block"]

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
python_use_unqualified_type_names = True
suppress_warnings = [
    "misc.highlighting_failure",  # command lines of several shells stand in one block
]

html_theme = "furo"
html_title = project
html_logo = "../cmpagl_qgis/icons/cmpagl.svg"
html_favicon = "../cmpagl_qgis/icons/cmpagl.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_theme_options = {
    "source_repository": "https://github.com/cmpagl-qgis/cmpagl-qgis/",
    "source_branch": "main",
    "source_directory": "docs/",
    "light_css_variables": {
        "color-brand-primary": "#b30000",
        "color-brand-content": "#a02010",
        "font-stack": "'Open Sans', 'Segoe UI', system-ui, sans-serif",
    },
    "dark_css_variables": {"color-brand-primary": "#fdb863", "color-brand-content": "#fdb863"},
}

# Names that are loaded when they are first used: autodoc sees those alone that are there.
for front in (cmpagl_model.index, tiling):
    vars(front).update({name: getattr(front, name) for name in front.__all__})

_LINK = re.compile(r"(?<=\]\()([^)#\s]+)((?:#[^)]*)?)(?=\))")


def setup(app: Sphinx) -> None:
    """Let pages link as the repository does, to what lies outside of docs/."""
    app.connect("source-read", _to_the_site)
    app.connect("include-read", _included)
    app.connect("autodoc-process-docstring", _no_types, priority=400)  # before napoleon


def _no_types(
    app: Sphinx, what: str, name: str, it: object, options: object, lines: list[str]
) -> None:
    """Keep napoleon from taking what stands before a colon in a field's note for its type."""
    del app, name, it, options
    if what in {"attribute", "data", "property"} and lines and ":" in lines[0]:
        lines[0] = f": {lines[0]}"


def _to_the_site(app: Sphinx, page: str, text: list[str]) -> None:
    """Links that leave docs/ lead to a page of the site, else to the repository."""
    text[0] = _LINK.sub(
        lambda found: _where(Path(app.srcdir, page).parent, *found.groups()), text[0]
    )


def _included(app: Sphinx, file: Path, page: str, text: list[str]) -> None:
    """The same for a page that is a file beside docs/."""
    del page
    folder = Path(app.srcdir, file).resolve().parent
    text[0] = _LINK.sub(lambda found: _where(folder, *found.groups()), text[0])


def _where(folder: Path, link: str, anchor: str) -> str:
    if "://" in link or link.startswith("mailto:"):
        return link + anchor
    target = (folder / link).resolve()
    docs = ROOT / "docs"
    if target.is_relative_to(docs):
        return f"/{target.relative_to(docs).as_posix()}{anchor}"
    beside = PAGES.get(f"../{target.name}") if target.parent == ROOT else None
    if beside:
        return f"/{beside}{anchor}"
    if target.suffix in {".svg", ".png", ".jpg"}:
        return link + anchor
    return f"{SOURCE}{target.relative_to(ROOT).as_posix()}{anchor}"

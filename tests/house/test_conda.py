"""The conda recipe: rattler-build takes it, and it wants what pyproject.toml wants."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import cmpagl_model

if sys.version_info < (3, 11):
    import tomli as tomllib
else:
    import tomllib

rattler_build = pytest.importorskip("rattler_build", reason="py-rattler-build is not installed")

ROOT = Path(__file__).parents[2]


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(params=["linux-64", "osx-arm64", "win-64"])
def rendered(request):
    """The one package of the recipe for a platform."""
    recipe = rattler_build.Stage0Recipe.from_yaml(
        (ROOT / "conda" / "recipe.yaml").read_text(encoding="utf-8")
    )
    platform = rattler_build.PlatformConfig(target_platform=request.param)
    (variant,) = recipe.render(render_config=rattler_build.RenderConfig(platform=platform))
    return variant.recipe.to_dict()


def test_it_is_this_version(rendered):
    assert rendered["package"] == {"name": "cmpagl-qgis", "version": cmpagl_model.__version__}
    assert rendered["about"]["license"] == project()["license"]


def test_it_wants_what_the_wheel_wants(rendered):
    wanted = {
        re.sub(r"(?<=[\w-])(?=[<>=])", " ", one, count=1) for one in project()["dependencies"]
    }
    wanted.add(f"python {project()['requires-python']}")
    found = set(rendered["requirements"]["run"])
    assert found - wanted == {"pyogrio"}
    assert wanted <= found


def test_its_command_is_the_wheel_s(rendered):
    scripts = [f"{name} = {target}" for name, target in project()["scripts"].items()]
    assert rendered["build"]["python"]["entry_points"] == scripts

"""What mypy cannot know of QGIS by qgis-stubs; mypy loads this, ``pyproject.toml`` names it.

The stubs let every pointer be None, and lack the names of QGIS 3.22 that later ones add to their
classes in Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import MDEF, SymbolTableNode, Var
from mypy.plugin import Plugin
from mypy.typeops import make_simplified_union
from mypy.types import Instance, NoneType, UnionType, get_proper_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy.plugin import ClassDefContext, MethodSigContext
    from mypy.types import FunctionLike

NEVER_NONE = {
    "AreaTool": {"canvas"},
    "PlaceTool": {"canvas"},
    "QgisInterface": {"mainWindow", "mapCanvas", "messageBar"},
    "QgsApplication": {"processingRegistry", "taskManager"},
    "QgsFileWidget": {"lineEdit"},
    "QgsFillSymbol": {"createSimple", "symbolLayer"},
    "QgsGeometry": {"constGet"},
    "QgsGeometryGeneratorSymbolLayer": {"create"},
    "QgsLayerTree": {"insertGroup", "insertLayer"},
    "QgsLayerTreeGroup": {"insertLayer"},
    "QgsLinePatternFillSymbolLayer": {"create"},
    "QgsLineSymbol": {"symbolLayer"},
    "QgsMapLayer": {"clone"},
    "QgsNetworkAccessManager": {"get", "instance"},
    "QgsProject": {"instance", "layerTreeRoot", "viewSettings"},
    "QgsProviderRegistry": {"instance"},
    "QgsSimpleLineSymbolLayer": {"create"},
    "QgsSvgMarkerSymbolLayer": {"create"},
    "QgsVectorLayer": {"dataProvider", "materialize"},
}
"""Methods by class, as it is called: of valid objects they never give None. One that may well do,
such as ``QgsProject.mapLayer``, is not here, so that callers must ask."""
OLD_NAMES = {
    "Qgis.CrsWktVariant": ("WKT_PREFERRED",),
    "Qgis.GeometryType": ("PolygonGeometry",),
    "Qgis.ProcessingParameterFlag": ("FlagAdvanced",),
    "Qgis.ProcessingSourceType": (
        "TypeFile",
        "TypeMapLayer",
        "TypeRaster",
        "TypeVector",
        "TypeVectorPoint",
        "TypeVectorAnyGeometry",
        "TypeVectorPolygon",
    ),
    "Qgis.ShaderInterpolationMethod": ("Interpolated",),
    "QgsSymbolLayer.Property": ("PropertyLayerEnabled", "PropertySize"),
}
"""Members of enumerations."""


class QgisTypes(Plugin):
    """Mends both."""

    def get_method_signature_hook(
        self, fullname: str
    ) -> Callable[[MethodSigContext], FunctionLike] | None:
        """What mends the signature of a method, None for all others.

        Args:
            fullname: such as ``qgis._core.QgsProject.instance``.
        """
        called, _, method = fullname.rpartition(".")
        never = NEVER_NONE.get(called.rpartition(".")[2], ())
        return _without_none if method in never else None

    def get_customize_class_mro_hook(
        self, fullname: str
    ) -> Callable[[ClassDefContext], None] | None:
        """What adds members to an enumeration, None for all other classes.

        Args:
            fullname: such as ``qgis._core.Qgis.GeometryType``.
        """
        return _with_old_names if fullname.removeprefix("qgis._core.") in OLD_NAMES else None


def _without_none(context: MethodSigContext) -> FunctionLike:
    signature = context.default_signature
    given = get_proper_type(signature.ret_type)
    if not isinstance(given, UnionType):
        return signature
    rest = [item for item in given.items if not isinstance(get_proper_type(item), NoneType)]
    return signature.copy_modified(ret_type=make_simplified_union(rest))


def _with_old_names(context: ClassDefContext) -> None:
    info = context.cls.info
    for name in OLD_NAMES[info.fullname.removeprefix("qgis._core.")]:
        member = Var(name, Instance(info, []))
        member.info = info
        info.names[name] = SymbolTableNode(MDEF, member)


def plugin(version: str) -> type[Plugin]:  # noqa: ARG001 - mypy's signature
    """The plugin, as mypy asks for it.

    Args:
        version: of mypy.
    """
    return QgisTypes

"""The group in the layer tree where matches lie, wherever the user moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from qgis.core import QgsLayerTreeGroup, QgsMapLayer, QgsProject, QgsVectorLayer

MARK = "cmpagl/matches"
"""Custom property of the layer that the next search fills anew, and of the group it lies in."""


def matches_group(project: QgsProject) -> QgsLayerTreeGroup:
    """The group, made on top where there is none.

    Args:
        project: whose tree.
    """
    group = _found(project)
    if group is None:
        group = project.layerTreeRoot().insertGroup(0, tr("CMPAGL matches"))
        group.setCustomProperty(MARK, 1)
    return group


def below_matches(project: QgsProject) -> tuple[QgsLayerTreeGroup, int]:
    """Where in the tree a layer lies right under the matches: the group above it, its position.

    Args:
        project: whose tree; without matches it is the top.
    """
    group = _found(project)
    if group is None:
        return project.layerTreeRoot(), 0
    parent = cast("QgsLayerTreeGroup", group.parent())
    return parent, parent.children().index(group) + 1


def put_below_matches(project: QgsProject, layer: QgsMapLayer) -> None:
    """Add a layer of a file right under the matches, in place of others of the same file.

    Args:
        project: where it goes.
        layer: not in it yet.
    """
    for known in list(project.mapLayers().values()):
        if known.providerType() == layer.providerType() and known.source() == layer.source():
            project.removeMapLayer(known.id())
    project.addMapLayer(layer, False)  # noqa: FBT003 - QGIS names it addToLegend
    parent, position = below_matches(project)
    parent.insertLayer(position, layer)


def remove_empty_group(project: QgsProject) -> None:
    """Take the group out of the tree where nothing is in it.

    Args:
        project: whose tree.
    """
    group = _found(project)
    if group is not None and not group.children():
        cast("QgsLayerTreeGroup", group.parent()).removeChildNode(group)


def remove_leftovers(project: QgsProject, in_use: QgsVectorLayer | None) -> None:
    """Take out what a saved project remembers of layers in memory: not what was in them.

    Args:
        project: one that was just opened.
        in_use: the layer that is in use, which stays.
    """
    for layer in list(project.mapLayers().values()):
        if layer.customProperty(MARK) and layer is not in_use:
            project.removeMapLayer(layer.id())
    remove_empty_group(project)


def _found(project: QgsProject) -> QgsLayerTreeGroup | None:
    root = project.layerTreeRoot()
    for group in root.findGroups(True):  # noqa: FBT003 - QGIS names it recursive
        if group.customProperty(MARK):
            return group
    return None

"""The group in the layer tree where matches lie, wherever the user moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from qgis.core import QgsLayerTreeGroup, QgsProject

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


def remove_empty_group(project: QgsProject) -> None:
    """Take the group out of the tree where nothing is in it.

    Args:
        project: whose tree.
    """
    group = _found(project)
    if group is not None and not group.children():
        group.parent().removeChildNode(group)


def _found(project: QgsProject) -> QgsLayerTreeGroup | None:
    root = project.layerTreeRoot()
    for group in root.findGroups(True):  # noqa: FBT003 - QGIS names it recursive
        if group.customProperty(MARK):
            return group
    return None

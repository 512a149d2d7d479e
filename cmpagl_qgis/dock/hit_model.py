"""The hits of an answer as rows; those weaker than wanted are left out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from cmpagl_qgis.map.review import KEPT, REJECTED, undecided
from cmpagl_qgis.map.scale import RELEVANCES
from cmpagl_qgis.texts import numeral, tr

from .amounts import length

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgis.PyQt.QtGui import QPixmap

    from cmpagl_qgis.engine.records import Hit
    from cmpagl_qgis.engine.siblings import Sibling
    from cmpagl_qgis.map.scale import Scale

HIT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
PICTURE_ROLE = int(Qt.ItemDataRole.UserRole) + 2
SHARE_ROLE = int(Qt.ItemDataRole.UserRole) + 3
COLOUR_ROLE = int(Qt.ItemDataRole.UserRole) + 4
VERDICT_ROLE = int(Qt.ItemDataRole.UserRole) + 5
SPOKEN_ROLE = int(Qt.ItemDataRole.AccessibleTextRole)


class HitModel(QAbstractListModel):
    """Rows of hits, best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[Hit, ...] = ()
        self._shown: list[Hit] = []
        self.picture: Callable[[Hit], QPixmap | None] = lambda _hit: None
        """Gives a thumbnail: ``None`` until it comes, an empty one where there is none."""
        self.verdict: Callable[[Hit], str] = undecided
        self._scale = RELEVANCES

    def set_hits(self, hits: tuple[Hit, ...], min_strength: float, scale: Scale) -> None:
        """Show other hits.

        Args:
            hits: best first.
            min_strength: those below it are left out.
            scale: colour and length of their bars.
        """
        self.beginResetModel()
        self._all, self._scale = hits, scale
        self._shown = [hit for hit in hits if hit.strength >= min_strength]
        self.endResetModel()

    def set_min_strength(self, min_strength: float) -> None:
        """Leave out other rows.

        Args:
            min_strength: hits below it are left out.
        """
        shown = [hit for hit in self._all if hit.strength >= min_strength]
        if len(shown) == len(self._shown):
            return
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()

    def hits(self) -> tuple[Hit, ...]:
        """All hits, those left out too."""
        return self._all

    def shown(self) -> list[Hit]:
        """The hits that have a row."""
        return list(self._shown)

    def hit_at(self, row: int) -> Hit | None:
        """The hit of a row; ``None`` where there is no such row.

        Args:
            row: from 0.
        """
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def row_of_rank(self, rank: int) -> int:
        """The row of a hit; -1 where it has none.

        Args:
            rank: from 1.
        """
        return next((row for row, hit in enumerate(self._shown) if hit.rank == rank), -1)

    def row_of_key(self, key: str) -> int:
        """The row of a chip; -1 where it has none.

        Args:
            key: as ``Hit.key`` gives it.
        """
        return next((row for row, hit in enumerate(self._shown) if hit.key == key), -1)

    def picture_came(self, key: str) -> None:
        """Redraw the row of a chip.

        Args:
            key: as ``Hit.key`` gives it.
        """
        row = self.row_of_key(key)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row), [PICTURE_ROLE])

    def verdicts_changed(self) -> None:
        """Redraw all rows: something else was decided."""
        if self._shown:
            self.dataChanged.emit(
                self.index(0), self.index(len(self._shown) - 1), [VERDICT_ROLE, SPOKEN_ROLE]
            )

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Qt's own."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Qt's own."""
        hit = self.hit_at(index.row())
        if hit is None:
            return None
        facts: dict[int, Callable[[], object]] = {
            HIT_ROLE: lambda: hit,
            PICTURE_ROLE: lambda: self.picture(hit),
            SHARE_ROLE: lambda: self._scale.share(hit.strength),
            COLOUR_ROLE: lambda: self._scale.colour_of(hit),
            VERDICT_ROLE: lambda: self.verdict(hit),
            int(Qt.ItemDataRole.DisplayRole): lambda: row_text(hit),
            SPOKEN_ROLE: lambda: self._spoken(hit),
            int(Qt.ItemDataRole.ToolTipRole): lambda: self._tip(hit),
        }
        fact = facts.get(int(role))
        return fact() if fact else None

    def _spoken(self, hit: Hit) -> str:
        words = {KEPT: tr("kept"), REJECTED: tr("rejected")}
        many = tr("{0} more of this ground").format(len(hit.siblings)) if hit.siblings else ""
        parts = row_text(hit), words.get(self.verdict(hit)), many
        return ", ".join(word for word in parts if word)

    def _tip(self, hit: Hit) -> str:
        picture = self.picture(hit)
        if picture is None or not picture.isNull():
            return tool_tip(hit)
        reason = tr("No picture: its scene has changed, or is not where it was.")
        return f"{tool_tip(hit)}\n{reason}"


def row_text(hit: Hit) -> str:
    """A row in words.

    Args:
        hit: of the row.
    """
    return "  ".join((f"#{hit.rank}", score_text(hit), scene_name(hit), hit.sentence)).strip()


def score_text(hit: Hit) -> str:
    """The number of a row: the relevance, else a probability, else the score.

    Args:
        hit: of the row.
    """
    chance = hit.probability if hit.relevance is None else hit.relevance
    return numeral(f"{hit.score:.3f}") if chance is None else percent(chance)


def percent(chance: float) -> str:
    """A probability for a person, never rounded to certainty.

    Args:
        chance: 0 to 1.
    """
    if chance < 0.01:
        return "<1 %"
    return f"{round(100 * chance)} %" if chance < 0.99 else ">99 %"


def scene_name(hit: Hit | Sibling) -> str:
    """The scene without folder and suffix.

    Args:
        hit: of the row, or a sibling.
    """
    return Path(hit.scene).stem or hit.scene


def taken(hit: Hit | Sibling) -> str:
    """When it was taken, for a person; empty where it is unknown.

    Args:
        hit: of the row, or a sibling.
    """
    return (hit.datetime or "").replace("/", " / ").replace("T", " ").replace("Z", " UTC")


def tool_tip(hit: Hit) -> str:
    """All that is known of a hit, a line each.

    Args:
        hit: of the row.
    """
    column, row, width, height = hit.window
    lines = [
        hit.scene,
        tr("Score {0}").format(numeral(f"{hit.score:.4f}")),
        tr("{0} on the ground, seen at {1} a pixel").format(
            length(hit.ground_m), length(hit.gsd_m)
        ),
        tr("Pixels {0}, {1} to {2}, {3}").format(column, row, column + width, row + height),
    ]
    lines[1:1] = [tr("Taken {0}").format(one) for one in (taken(hit),) if one]
    if hit.probability is not None:
        lines.insert(2, tr("Closer look {0}").format(percent(hit.probability)))
    if hit.sentence:
        lines.insert(0, hit.sentence)
    if hit.relevance is not None:
        lines.insert(1, tr("Relevance {0}").format(percent(hit.relevance)))
    lines += [tr("Also: {0}").format(sibling_line(one)) for one in hit.siblings]
    return "\n".join(lines)


def sibling_line(one: Sibling) -> str:
    """A sibling for a person: scene, date, size, and how well it fits.

    Args:
        one: the sibling.
    """
    fits = numeral(f"{one.score:.3f}") if one.relevance is None else percent(one.relevance)
    parts = (scene_name(one), taken(one), length(one.ground_m), fits)
    return " · ".join(part for part in parts if part)

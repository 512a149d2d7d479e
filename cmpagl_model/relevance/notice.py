"""One plain line where nothing of an index fits a sentence."""

from __future__ import annotations

from .words import FUNCTION_WORDS, language_of, script_of, words_of

ENGLISH = "the model reads English; next: say in English what the place looks like from above"
MOST_NAMED = 6
"""Unknown words named at most."""
SHOWN = 80
"""Characters of a sentence shown at most."""


def nothing_like(sentence: str, unknown: tuple[str, ...]) -> str:
    """Say that nothing fits, and why where the words tell.

    Args:
        sentence: what was asked for.
        unknown: its words that the model never learned.

    Example:
        >>> nothing_like("a red telephone", ("telephone",))
        "nothing here looks like 'a red telephone'; the model does not know: telephone"
    """
    said = f"nothing here looks like {shown(sentence)}"
    words = words_of(sentence)
    if not words:
        return f"{said}: it has no words; {ENGLISH}"
    script = script_of(sentence)
    if script != "Latin":
        return f"{said}: it is written in {script} script; {ENGLISH}"
    foreign = set(unknown) | (set(words) - FUNCTION_WORDS - {"a", "in"})
    if 2 * len(unknown) >= len(set(words)):
        language = language_of(foreign)
        if language:
            return f"{said}: it seems to be {language}; {ENGLISH}"
    if not unknown:
        return f"{said}; next: say it in other words, or look at the nearest places"
    named = ", ".join(unknown[:MOST_NAMED])
    more = f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
    return f"{said}; the model does not know: {named}{more}"


def shown(sentence: str) -> str:
    """The sentence in quotes, cut where it is long."""
    return f"'{sentence if len(sentence) <= SHOWN else sentence[: SHOWN - 1] + '…'}'"

"""What people typed, on its way to a page: words that may unblind reach the monitor alone.

Every template shows a typed text through `said` (a test walks all pages for one that does not).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from django import template

from crossblock.server import study
from crossblock.server.record.sheet import Sheet
from crossblock.server.roles import Actor, Thing

register = template.Library()
KEPT = "(kept for the monitor: the words may unblind)"


def unblinding_words(text: str) -> bool:
    """Tell whether a free text holds a word that may unblind, however it is spaced or encoded."""
    low = _folded(text)
    return any(_folded(word) in low for word in study.current().conduct.words_that_unblind)


def _folded(text: str) -> str:
    flat = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c for c in flat if unicodedata.category(c) != "Cf").split())


def is_kept(actor: Actor | None, text: object) -> bool:
    """Tell whether a text that was typed is kept from this person. In a clinic nothing is."""
    if not isinstance(text, str) or not study.current().blinded:
        return False
    reads = actor is not None and actor.may("r", Thing.FREE_TEXT)
    return not reads and unblinding_words(text)


@register.filter
def said(text: Any, actor: Actor | None) -> Any:
    """Return what somebody typed, or that it is kept for the monitor."""
    return KEPT if is_kept(actor, text) else text


def kept_of(actor: Actor, sheet: Sheet, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return the stored answers of a sheet that are not put into its fields for this person."""
    texts = [q.id for q in sheet.questions if q.kind == "text"]
    return {k: str(answers[k]) for k in texts if is_kept(actor, answers.get(k))}

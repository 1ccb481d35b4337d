"""What was on board at a moment: classes of medicines, by the newest list entered until then.

A list holds until the next one. What the catalog does not know is counted and not named; no free
text leaves here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crossblock.server.clinic.course import Course, Filled
from crossblock.server.clinic.interactions import Interaction, found, unread

NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Aboard:
    """Classes on board, and how many lines the catalog does not know."""

    classes: tuple[Interaction, ...]
    unlisted: int

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(c.id for c in self.classes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A class from the first list that names it until the list that no longer does."""

    id: str
    since: datetime
    until: datetime | None


def aboard(course: Course, at: datetime) -> Aboard | None:
    """Return what was on board at a moment; None where no list had been entered."""
    lists = [f for f in course.all("medicines") if f.occurred <= at]
    return _read(lists[-1]) if lists else None


def at_sessions(course: Course) -> tuple[Aboard | None, ...]:
    """Return what was on board at each session."""
    return tuple(aboard(course, s.at) for s in course.sessions)


def spans(course: Course) -> tuple[Span, ...]:
    """Return from when until when each class was on board, by the lists."""
    return tuple(sorted(_spans(course), key=lambda s: (s.since, s.id)))


def _spans(course: Course) -> Iterator[Span]:
    since: dict[str, datetime] = {}
    for filled in course.all("medicines"):
        held = set(_read(filled).ids)
        for one in since.keys() - held:
            yield Span(id=one, since=since[one], until=filled.occurred)
        since = {one: since.get(one, filled.occurred) for one in held}
    for one, begin in since.items():
        yield Span(id=one, since=begin, until=None)


def unmodeled(course: Course, now: datetime) -> tuple[str, ...]:
    """Return a sentence for each class that was on board at a session or is now."""
    before, present = at_sessions(course), aboard(course, now)
    seen = {c.id: c.name for one in (*before, present) if one for c in one.classes}
    said = []
    for id, name in seen.items():
        count = sum(one is not None and id in one.ids for one in before)
        today = "on the list now" if present and id in present.ids else "no longer on the list"
        said.append(f"{name}: on board at {count} of {len(before)} sessions, {today}")
    return tuple(said)


def _read(filled: Filled) -> Aboard:
    lines = [str(v) for _, v in sorted(filled.answers.items())]
    classes = {h.interaction.id: h.interaction for h in found(lines)}
    return Aboard(classes=tuple(classes.values()), unlisted=len(unread(lines)))

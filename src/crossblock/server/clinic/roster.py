"""The list of one's own patients: searched by code, a page at a time, with what stands out.

A page costs four queries, however many patients there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import Page as Leaf
from django.core.paginator import Paginator
from django.db.models import F

from crossblock.server.clinic.access import own_patients
from crossblock.server.clinic.models import Mark, Tally
from crossblock.server.record.models import Participant
from crossblock.server.roles import Actor

ROWS = 50
LONGEST = 32
OPENS = timedelta(hours=12)
"""So long after a session the ratings of the day after may be filled."""
SOON = timedelta(days=7)
"""So long before its four weeks are over the monthly form is called due."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One patient: where they stand, what presses, what is due, what the gate misses."""

    code: str
    sessions: int
    last_session: datetime | None
    review: date | None
    pressing: tuple[str, ...]
    due: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """One page of the list."""

    rows: tuple[Row, ...]
    leaf: Leaf[Participant]
    sought: str


def roster(actor: Actor, sought: str, number: str, now: datetime, risky: Iterable[int]) -> Roster:
    """Return a page of somebody's patients; `risky` are those with an open page of risk.

    `sought` is any part of a code; a page that is not there gives the nearest one.
    """
    words = "".join(c for c in sought.upper() if c.isprintable() and c != " ")[:LONGEST]
    found = own_patients(actor).filter(code__contains=words)
    leaf = Paginator(found.select_related("tally").order_by("code"), ROWS).get_page(number)
    patients = list(leaf.object_list)
    due = _due([p.pk for p in patients], now)
    risks = set(risky)
    rows = (_row(p, p.tally, now, due.get(p.pk, ()), p.pk in risks) for p in patients)
    return Roster(rows=tuple(rows), leaf=leaf, sought=words)


def _row(p: Participant, t: Tally, now: datetime, due: tuple[str, ...], risk: bool) -> Row:
    overdue = t.review is not None and t.review < now.date()
    alarms = f"{t.alarms} signal{'s' if t.alarms > 1 else ''}"
    pressing = (("page of risk", risk), (alarms, t.alarms > 0), ("review overdue", overdue))
    missing = (
        ("diagnosis basis", t.basis),
        ("baseline", t.baseline),
        ("consent", t.consent),
        ("plan", t.planned),
    )
    return Row(
        code=p.code,
        sessions=t.sessions,
        last_session=t.last_session,
        review=t.review,
        pressing=tuple(words for words, there in pressing if there),
        due=due,
        missing=tuple(words for words, there in missing if not there),
    )


def _due(patients: list[int], now: datetime) -> Mapping[int, tuple[str, ...]]:
    """Return what is due now of each patient: not there yet, and its time has not passed."""
    marks = Mark.objects.filter(tally__participant__in=patients, due__gt=now, kept__lt=F("wanted"))
    columns = ("tally__participant", "what", "due", "tally__last_session")
    found: dict[int, dict[str, None]] = {}
    for pk, what, due, last in marks.order_by("due").values_list(*columns):
        if what.startswith("after.") and now >= last + OPENS:
            found.setdefault(pk, {})["day after"] = None
        elif what == "month.monthly" and now >= due - SOON:
            found.setdefault(pk, {})["monthly"] = None
    return {pk: tuple(words) for pk, words in found.items()}

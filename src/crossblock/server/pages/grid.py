"""The schedule grid: visits with their windows by what is done and asked, with footnotes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from crossblock.core.quantity import Quantity
from crossblock.domain.visit import Visit
from crossblock.server.study import Study
from crossblock.server.trial.schedule import Place, places_at

BEFORE, START, DRUG = "before the period", "time zero", "the drug"
ONCE = "Once, before period 1."
NO_WINDOW = "The protocol sets no window: the visit is due at its time, and no time is judged."
ALONE = "Each alone and unseen by the others, before anything is revealed."
EVENTS = "Not at a visit: whenever there is one, from consent on."
SCREENER = "Only when an answer of the visit asks for it, before the visit goes on."


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A visit, or a point of the period at which something is done."""

    id: str
    label: str
    when: str
    window: str = ""
    amber: bool = False
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What is done or asked, and at which columns."""

    label: str
    at: tuple[bool, ...]
    marks: tuple[int, ...] = ()


@dataclass(kw_only=True)
class Notes:
    """Footnotes in the order in which they are first met; the same words are one."""

    texts: list[str] = field(default_factory=list)

    def mark(self, *texts: str) -> tuple[int, ...]:
        self.texts += [t for t in dict.fromkeys(texts) if t and t not in self.texts]
        return tuple(self.texts.index(t) + 1 for t in texts if t)


def grid(now: Study) -> dict[str, Any]:
    """Return columns, procedures, forms and footnotes of one period."""
    protocol, notes = now.protocol, Notes()
    visits = sorted(protocol.visits, key=lambda v: protocol.visit_h(v.id))
    before = Column(id=BEFORE, label="Before the period", when="")
    start = Column(id=START, label=f"Start: {protocol.time_zero}", when="0 h")
    timed = [(protocol.visit_h(v.id), _column(v, notes)) for v in visits]
    timed.append((0.0, start))
    if protocol.drug_start_h > 0:
        when = when_words(Quantity(value=protocol.drug_start_h, unit="h", dimension="time"))
        timed.append((protocol.drug_start_h, Column(id=DRUG, label="Start: the drug", when=when)))
    timed.sort(key=lambda row: row[0])
    columns = [before, *(c for _, c in timed)]
    return {
        "columns": columns,
        "done": list(_procedures(now, columns, notes)),
        "asked": list(_forms(now, visits, columns, notes)),
        "notes": notes.texts,
    }


def _column(visit: Visit, notes: Notes) -> Column:
    after = " after the drug" if visit.after == "drug" else ""
    only = f", period {', '.join(map(str, visit.periods))} only" if visit.periods else ""
    window = visit.window
    found = window.value if window else None
    marks = notes.mark(visit.note, "" if window else NO_WINDOW)
    return Column(
        id=visit.id,
        label=visit.label,
        when=when_words(visit.time.value) + after + only,
        window=f"{when_words(found.earliest)} to {when_words(found.latest)}" if found else "",
        amber=window.amber if window else False,
        marks=marks,
    )


def _procedures(now: Study, columns: list[Column], notes: Notes) -> Iterable[Line]:
    def line(label: str, at: set[str], *texts: str) -> Line:
        return Line(label=label, at=tuple(c.id in at for c in columns), marks=notes.mark(*texts))

    protocol, conduct = now.protocol, now.conduct
    yield line("Screening", {BEFORE}, ONCE)
    yield line("Consent", {BEFORE}, ONCE)
    yield line("Gate before the blocker", {BEFORE}, _gate(now))
    yield line("Randomization", {BEFORE}, ONCE)
    yield line("Kit handed out", {START})
    known = {c.id for c in columns}
    for given in protocol.administrations:
        if given.in_place_of is None:
            others = [a.label for a in protocol.administrations if a.in_place_of == given.id]
            words = " or ".join((given.label, *others))
            yield line(words, {DRUG if given.role == "drug" and DRUG in known else START})
    sessions = [v.id for v in protocol.visits if v.kind == "session"]
    if sessions:
        last = max(sessions, key=protocol.visit_h)
        limits = "; ".join(limit.label for limit in conduct.safety.discharge)
        yield line("Discharge", {last}, f"When all hold: {limits}." if limits else "")


def _gate(now: Study) -> str:
    gate = now.conduct.gate
    return (
        f"In every period: at least {gate.opioid_free_days.value:g} days since the last opioid, "
        f"{gate.long_acting_free_days.value:g} after methadone or buprenorphine; urine screen; ALT "
        f"and AST at most {gate.liver_limit.value:g} times the upper limit; pregnancy test where "
        "indicated."
    )


def _forms(now: Study, visits: list[Visit], columns: list[Column], notes: Notes) -> Iterable[Line]:
    asked: dict[str, set[str]] = {}
    raters: dict[str, str] = {}
    for visit in visits:
        place: Place
        for place in places_at(now.protocol, now.conduct, visit, (visit.periods or (1,))[0]):
            asked.setdefault(place.form, set()).add(visit.id)
            raters[place.form] = place.rater
    added = now.conduct.forms
    extra = {name: w for name, w in ((added.event, EVENTS), (added.screener, SCREENER)) if name}
    for form, at in asked.items():
        marks = notes.mark(ALONE if raters[form] else "", extra.get(form, ""))
        name = now.instrument(form).short_name
        yield Line(label=name, at=tuple(c.id in at for c in columns), marks=marks)
    for form, words in extra.items():
        if form not in asked:
            name = now.instrument(form).short_name
            yield Line(label=name, at=(False,) * len(columns), marks=notes.mark(words))


def when_words(time: Quantity) -> str:
    """Return a time from its origin in the largest unit that keeps it readable."""
    hours = time.value
    sign = "\u2212" if hours < 0 else ""
    size = abs(hours)
    if size >= 24:
        return f"{sign}{size / 24:g} d"
    return f"{sign}{size:g} h" if size >= 2 else f"{sign}{size * 60:g} min"

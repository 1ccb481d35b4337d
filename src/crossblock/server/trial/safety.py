"""Alerts within the visit, and the harm count against its limit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossblock.core.errors import Problem
from crossblock.domain.instrument import Alert as Alarm
from crossblock.domain.instrument import Instrument
from crossblock.server import study
from crossblock.server.record.door import Writing, writing
from crossblock.server.record.models import Participant, Version
from crossblock.server.roles import Actor, RefusedError, Thing
from crossblock.server.trial.models import Alert, AlertNote, Deviation
from crossblock.server.trial.schedule import Place
from crossblock.server.trial.state import baseline_answers

SHORTEST_NOTE = 10


def alarms(
    participant: Participant,
    found: Instrument,
    values: Mapping[str, float],
    period: int,
    visit: str,
) -> tuple[Alarm, ...]:
    """Return what these values raise: the study's thresholds, the instrument's, and rises.

    A threshold of the conduct file replaces those of the instrument for the same item and action. A
    rise is counted from the newest baseline answers of the same period.
    """
    rules = study.current().conduct.safety
    own = [r for r in rules.alerts if r.instrument == found.id]
    replaced = {(r.of, r.action) for r in own}
    raised = [a for a in found.alarms(values) if (a.of, a.action) not in replaced]
    raised += [
        Alarm(of=r.of, at_least=r.at_least.value, action=r.action, message=r.message)
        for r in own
        if values.get(r.of, float("-inf")) >= r.at_least.value
    ]
    rises = [r for r in rules.rise if r.instrument == found.id and r.of in values]
    if rises:
        before = _baseline(participant, found.id, period, visit)
        raised += [
            Alarm(of=r.of, at_least=r.at_least.value, action=r.action, message=r.message)
            for r in rises
            if r.of in before and values[r.of] - before[r.of] >= r.at_least.value
        ]
    return tuple(raised)


def _baseline(participant: Participant, form: str, period: int, visit: str) -> dict[str, float]:
    protocol = study.current().protocol
    visits = [v.id for v in protocol.visits if v.kind == "baseline" and v.id != visit]
    for back in range(period, 0, -1):
        found = baseline_answers(participant, form, back, visits)
        if found:
            return dict(found)
    return {}


def screener_of(alert: Alert) -> Place | None:
    """Return where the suicide screener that an alert asks for is filled; None where none is."""
    now, asked = study.current(), alert.version.entry
    form = now.conduct.forms.screener
    if alert.action != "screen" or form is None or asked.visit not in now.protocol.visit_ids:
        return None
    return Place(form=form, visit=asked.visit, period=asked.period, thing=Thing.SCREENER)


def unscreened(alerts: Sequence[Alert]) -> list[Alert]:
    """Return the alerts that ask for the suicide screener and have none.

    One counts that was filled at the same visit, or later than the alert.
    """
    form = study.current().conduct.forms.screener
    asking = [a for a in alerts if a.action == "screen"] if form else []
    if not asking:
        return []
    people = {a.participant_id for a in asking}
    rows = Version.objects.filter(entry__form=form, entry__participant__in=people)
    columns = ("entry__participant_id", "entry__visit", "entry__period", "seq")
    filled = list(rows.values_list(*columns))

    def has_one(alert: Alert) -> bool:
        at = alert.version.entry
        return any(
            person == alert.participant_id
            and (seq > alert.seq or (at.visit and (visit, period) == (at.visit, at.period)))
            for person, visit, period, seq in filled
        )

    return [a for a in asking if not has_one(a)]


def act(actor: Actor, alert: Alert, text: str, without: str = "") -> AlertNote:
    """Close an alert with a note of what was done.

    One that asks for the suicide screener closes after it, or with the reason why there is none
    (`without`), which is a deviation.
    """
    if len(text.strip()) < SHORTEST_NOTE:
        raise RefusedError(
            Problem(
                what="the note is too short",
                why="somebody must be able to see later what was done",
                fix="say who was told, what was decided, and when",
            )
        )
    with writing(actor, "alert.note", Thing.ALERTS, participant=alert.participant) as entry:
        if AlertNote.objects.filter(alert=alert).exists():
            raise RefusedError(Problem(what="this alert has its note already"))
        if unscreened([alert]):
            _say_why_not(entry, alert, without.strip())
        entry.say(alert=alert.of)
        entry.witness()
        return entry.add(AlertNote(alert=alert, text=text.strip()[:1000]))


def _say_why_not(entry: Writing, alert: Alert, why: str) -> None:
    """Note why the screener that an alert asks for was not filled, or refuse to go on without."""
    if len(why) < SHORTEST_NOTE:
        raise RefusedError(
            Problem(
                what="the suicide screener that this answer asks for is not filled",
                fix="fill it, or say in a sentence why it is not",
            )
        )
    words = f"{alert.of}: {why}"[:1000]
    entry.add(Deviation(participant=alert.participant, kind="screener not filled", text=words))
    entry.say(without=why)


@dataclass(frozen=True, kw_only=True, slots=True)
class Harm:
    """Serious adverse events so far, both conditions together, and where the study pauses."""

    count: int
    limit: int | None
    assumed: bool

    @property
    def reached(self) -> bool:
        return self.limit is not None and self.count >= self.limit


def harm() -> Harm:
    """Count serious adverse events in the newest version of every event form.

    Which condition they belong to is not known here; that comparison is made offline.
    """
    now = study.current()
    form = now.conduct.forms.event
    newest: dict[int, bool] = {}
    for entry, content in (
        Version.objects.filter(entry__form=form)
        .order_by("number")
        .values_list("entry_id", "content")
    ):
        newest[entry] = json.loads(content)["answers"].get("serious") == 1
    claim = now.conduct.safety.harm_limit
    return Harm(
        count=sum(newest.values()),
        limit=claim.value if claim else None,
        assumed=claim.amber if claim else False,
    )

"""Alerts within the visit, and the harm count against its limit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from crossblock.core.errors import Problem
from crossblock.domain.instrument import Alert as Alarm
from crossblock.domain.instrument import Instrument
from crossblock.server import study
from crossblock.server.record.door import writing
from crossblock.server.record.models import Participant, Version
from crossblock.server.roles import Actor, RefusedError, Thing
from crossblock.server.trial.models import Alert, AlertNote
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


def act(actor: Actor, alert: Alert, text: str) -> AlertNote:
    """Close an alert with a note of what was done."""
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
        entry.say(alert=alert.of)
        entry.witness()
        return entry.add(AlertNote(alert=alert, text=text.strip()[:1000]))


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

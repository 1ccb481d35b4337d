"""Saving a filled instrument: version, score, alerts and deviations in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crossblock.core.errors import Problem
from crossblock.domain.instrument import Instrument
from crossblock.server import study
from crossblock.server.record.door import Writing, writing
from crossblock.server.record.entries import Spot, Submission, add_version
from crossblock.server.record.models import Participant, Query, Version
from crossblock.server.record.sheet import Answer
from crossblock.server.roles import Actor, RefusedError, Role, Thing, require
from crossblock.server.trial import clearance, safety
from crossblock.server.trial.models import Alert, Deviation
from crossblock.server.trial.schedule import FILLS, Place, due_at
from crossblock.server.trial.state import rates, standing


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """What saving a form led to."""

    version: Version
    new: bool
    total: float | None
    band: str
    alerts: tuple[Alert, ...]
    notes: tuple[str, ...]


def save(
    actor: Actor,
    participant: Participant,
    place: Place,
    answers: Mapping[str, Answer],
    sent: Submission,
    *,
    unanswered: tuple[str, ...] = (),
    repeat: int = 1,
) -> Saved:
    """Save one filled form as a version, with its score, its alerts and what was out of order.

    Raises `RefusedError` when the person does not rate this participant, when the time cannot be,
    or for what `add_version` refuses; nothing is written then.
    """
    found = study.current().instrument(place.form)
    check_may(actor, participant, place)
    spot = Spot(
        form=place.form,
        visit=place.visit,
        period=place.period,
        rater=place.rater,
        repeat=repeat,
    )
    own = place.thing in {Thing.SELF_FORMS, Thing.GUESS}
    with writing(actor, "rating.save", place.thing, participant=participant, checked=own) as entry:
        if not rates(actor, participant) and place.thing is Thing.OUTCOME_FORMS:
            raise RefusedError(Problem(what="another rater takes over this participant"))
        late = check_time(entry.now, participant, place, sent.occurred)
        content = scored(found, answers)
        content |= {"unanswered": list(unanswered), "protocol": study.current().protocol.sha256}
        version, new = add_version(entry, participant, spot, content, sent)
        if new and clearance.waits(actor, place.thing):
            clearance.check_alerts(participant)
        alerts = _raise(entry, participant, version, found, content, place) if new else ()
        if new:
            _note_order(entry, participant, version, place, late, unanswered)
        total, band = content["total"], content["band"]
        notes = (*([late] if late else []), *content["notes"])
    if not new:
        alerts = tuple(version.alerts.all())
    return Saved(
        version=version, new=new, total=total, band=band, alerts=tuple(alerts), notes=notes
    )


def check_may(actor: Actor, participant: Participant, place: Place) -> None:
    """Raise `RefusedError` unless this person fills this form of this participant."""
    if place.thing is Thing.GUESS:
        own_role = Role(place.rater)
        mine = (
            actor.participant_code == participant.code
            if own_role is Role.PARTICIPANT
            else any(r is own_role and s in {"", participant.site} for r, s in actor.grants)
        )
    elif place.thing is Thing.SELF_FORMS and actor.participant_code:
        mine = actor.participant_code == participant.code
    else:
        require(actor, "w", place.thing, participant.site)
        mine = bool(set(FILLS[place.thing]) & actor.roles)
    if not mine:
        raise RefusedError(
            Problem(
                what="this form belongs to somebody else",
                where=f"{place.form}, {place.visit}",
                why=f"filled by: {place.rater or ', '.join(FILLS[place.thing])}",
            )
        )


def check_time(now: datetime, participant: Participant, place: Place, occurred: datetime) -> str:
    """Return in a sentence how a time lies outside the visit's window; "" when it does not.

    Raises `RefusedError` for a time that cannot be: in the future, before consent, or before the
    period that the visit belongs to (a baseline: before the period that went before).
    """
    protocol = study.current().protocol
    clearance.not_ahead(occurred, now)
    here = standing(participant, protocol.periods)
    if ("consented", 0) not in here.done:
        raise RefusedError(Problem(what="nothing is rated before consent"))
    clearance.in_order(participant, place.form, occurred, [clearance.consent_at(participant)])
    if place.visit not in protocol.visit_ids:
        return ""
    visit = protocol.visit(place.visit)
    begun, last = here.started.get(place.period), here.started.get(place.period - 1)
    words = f"the start of period {place.period - 1}"
    clearance.in_order(participant, place.form, occurred, [(words, last)])
    if begun is None:
        if visit.kind != "baseline":
            raise RefusedError(
                Problem(
                    what=f"period {place.period} has not begun",
                    fix="note the start of the period first",
                )
            )
        return ""
    if visit.kind != "baseline" and protocol.visit_h(visit.id) >= 0:
        words = f"the start of period {place.period}"
        clearance.in_order(participant, place.form, occurred, [(words, begun)])
    due = due_at(protocol, visit, place.period, begun)
    if not due.judged or due.earliest <= occurred <= due.latest:
        return ""
    hours = (occurred - due.due).total_seconds() / 3600
    side = "after" if hours > 0 else "before"
    return f"outside the visit's window: {abs(hours):.1f} h {side} it was due"


def scored(found: Instrument, answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Return answers with total, values of all scales and items, band and remarks."""
    numbers = {k: v for k, v in answers.items() if isinstance(v, float)}
    if found.scored_items:
        score = found.score(dict(numbers))
        values: dict[str, float | None] = {**numbers, **score.subscales}
        if found.primary:
            values[found.primary] = score.total
        total, band, notes = score.total, score.band, list(score.notes)
    else:
        values = dict(numbers)
        total = numbers.get(found.primary)
        for scale, value in numbers.items():
            found.score_total(value, scale)
        band, notes = "" if total is None else found.band(total), ["total as reported"]
    return {
        "answers": dict(answers),
        "values": {k: v for k, v in values.items() if v is not None},
        "total": total,
        "band": band,
        "notes": notes,
    }


def _raise(
    entry: Writing,
    participant: Participant,
    version: Version,
    found: Instrument,
    content: Mapping[str, Any],
    place: Place,
) -> tuple[Alert, ...]:
    """Add the alerts that these values raise."""
    wanted = safety.alarms(participant, found, content["values"], place.period, place.visit)
    rows = tuple(
        entry.add(
            Alert(
                participant=participant,
                version=version,
                of=f"{found.id}.{a.of}"[:64],
                action=a.action,
                message=a.message[:500],
            )
        )
        for a in wanted
    )
    if rows:
        entry.say(alerts=[a.of for a in rows])
    return rows


def _note_order(
    entry: Writing,
    participant: Participant,
    version: Version,
    place: Place,
    late: str,
    unanswered: tuple[str, ...],
) -> None:
    """Note what is out of order: a time outside the window, a form with items left out."""
    if late and version.number == 1:
        words = f"{place.form}, {place.visit}, period {place.period}: {late}"
        entry.add(Deviation(participant=participant, kind="window", text=words))
    if unanswered:
        words = f"Left out: {', '.join(unanswered)}. Were they not asked, or not answered?"
        entry.add(Query(entry=version.entry, item=unanswered[0], text=words[:1000]))

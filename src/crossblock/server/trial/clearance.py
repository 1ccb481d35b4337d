"""What must hold before randomization, the kit and the start, read anew from the newest forms.

A step once taken is never undone by a later form; what comes next goes by the newest one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from crossblock.core.errors import Problem
from crossblock.server import clock, study
from crossblock.server.record.entries import Spot, content_of, newest
from crossblock.server.record.models import Participant, Version
from crossblock.server.roles import Actor, RefusedError, Thing
from crossblock.server.trial import eligibility, flow, safety
from crossblock.server.trial.flow import Mark
from crossblock.server.trial.models import Alert
from crossblock.server.trial.state import open_alerts

AHEAD = timedelta(minutes=5)
"""Clocks of devices differ by so much; a time further ahead is a slip."""
SAFETY_FORMS = frozenset({Thing.EVENTS, Thing.SCREENER})
"""Filled also while an alert is open: they are how somebody is looked after."""


def form(participant: Participant, name: str, period: int = 0) -> Version | None:
    """Return the newest version of a procedure's form."""
    return newest(participant, Spot(form=name, period=period))


def stops(participant: Participant, wanted: Mark, at: datetime) -> list[str]:
    """Return in sentences what stands against a step at a time; empty when nothing does.

    Randomization asks for screening, consent and the first gate; kit and start ask for consent and
    the gate of their period, which must not have been passed too long before.
    """
    name, period = wanted
    found = []
    if name == "randomized":
        answers = _answers(form(participant, "screening"))
        found += eligibility.screening_stops(study.current().protocol, answers)
    found += [
        f"consent: {words}"
        for words in eligibility.consent_stops(_answers(form(participant, "consent")))
    ]
    gate, conduct = form(participant, "gate", period or 1), study.current().conduct
    found += [f"gate: {words}" for words in eligibility.gate_stops(conduct, _answers(gate))]
    if gate is not None and name != "randomized":
        found += _too_old(gate, at)
    return found


def _too_old(gate: Version, at: datetime) -> list[str]:
    """Return that a gate was passed too long before, to the minute as forms tell it."""
    hours = study.current().conduct.gate.valid_hours.value
    age = (to_the_minute(at) - to_the_minute(gate.occurred)) / timedelta(hours=1)
    return [f"gate: passed {age:.1f} hours before; it holds for {hours:g}"] if age > hours else []


def _answers(version: Version | None) -> dict[str, Any]:
    return dict(content_of(version)["answers"]) if version is not None else {}


def check(participant: Participant, wanted: Mark, at: datetime) -> None:
    """Raise `RefusedError` when anything stands against a step."""
    found = stops(participant, wanted, at)
    if found:
        raise RefusedError(
            *(Problem(what=words) for words in found),
            Problem(
                what=f"{flow.said(wanted)} has to wait",
                why="the newest screening, consent and gate count, also after they were passed",
                fix="put the form right or repeat it, then go on",
            ),
        )


def check_time(participant: Participant, wanted: Mark, at: datetime, now: datetime) -> None:
    """Raise `RefusedError` for a time of a step that has not come yet, or is out of order.

    Consent, gate, kit, start: each at or after the one before, to the minute as forms tell it.
    """
    not_ahead(at, now)
    name, period = wanted
    if name == "consented":
        gate = _step_at(participant, "gated", 1)
        if gate is not None and to_the_minute(at) > gate:
            raise _out_of_order(participant, "consent", "after", "the gate", gate)
        return
    before: list[tuple[str, datetime | None]] = []
    if name == "gated":
        before += [consent_at(participant), _start_at(participant, period - 1)]
    if name in {"dispensed", "started"}:
        gate_form = form(participant, "gate", period)
        before.append(("the gate", gate_form.occurred if gate_form else None))
    if name == "started":
        before.append(("handing out the kit", _step_at(participant, "dispensed", period)))
    in_order(participant, flow.said(wanted), at, before)


def not_ahead(at: datetime, now: datetime) -> None:
    """Raise `RefusedError` for a time that has not come yet."""
    if at > now + AHEAD:
        raise RefusedError(
            Problem(what="this time has not come yet", fix="give the time at which it took place")
        )


def in_order(
    participant: Participant,
    what: str,
    at: datetime,
    before: Iterable[tuple[str, datetime | None]],
) -> None:
    """Raise `RefusedError` when something took place before what must come first."""
    for words, earlier in before:
        if earlier is not None and at < to_the_minute(earlier):
            raise _out_of_order(participant, what, "before", words, earlier)


def _out_of_order(
    participant: Participant, what: str, side: str, words: str, other: datetime
) -> RefusedError:
    zone = study.current().conduct.site(participant.site).zone
    told = clock.local(other, zone).replace("T", " ")
    return RefusedError(
        Problem(
            what=f"{what} cannot have taken place {side} {words} ({told}, {zone})",
            fix="look at both times and give the right one",
        )
    )


def consent_at(participant: Participant) -> tuple[str, datetime | None]:
    """Return when somebody consented, by the newest form that is a consent.

    One that takes it back is none, and what came before it stays in order.
    """
    forms = Version.objects.filter(entry__participant=participant, entry__form="consent")
    held = (v for v in forms.order_by("-number") if not eligibility.consent_stops(_answers(v)))
    return "consent", next((v.occurred for v in held), None)


def _start_at(participant: Participant, period: int) -> tuple[str, datetime | None]:
    return f"the start of period {period}", _step_at(participant, "started", period)


def _step_at(participant: Participant, name: str, period: int) -> datetime | None:
    found = participant.steps.filter(name=name, period=period)
    at: datetime | None = found.values_list("occurred", flat=True).first()
    return at


def waits(actor: Actor, thing: Thing) -> bool:
    """Tell whether a form waits for an open alert: not a safety form, nor a participant's own."""
    return not actor.participant_code and thing not in SAFETY_FORMS


def blocking(participant: Participant) -> list[Alert]:
    """Return the alerts that hold everything else of a participant up."""
    found = open_alerts(participant).filter(action="block")
    return list(found.select_related("version__entry", "participant"))


def check_alerts(participant: Participant) -> None:
    """Raise `RefusedError` while an alert waits for its note.

    What it is about is not said: it can come from a form that the reader must not see.
    """
    if open_alerts(participant).filter(action="block").exists():
        raise RefusedError(
            Problem(
                what="an alert of this participant waits for its action note",
                fix="whoever looks after the participant notes what was done, then go on",
            )
        )


def check_screened(participant: Participant) -> None:
    """Raise `RefusedError` while a suicide screener that an answer asked for is missing."""
    found = open_alerts(participant).filter(action="screen").select_related("version__entry")
    if safety.unscreened(list(found)):
        raise RefusedError(
            Problem(
                what="a suicide screener is still to be filled",
                why="an answer of this participant asked for it",
                fix="fill it, or close the alert with the reason why it is not filled",
            )
        )


def to_the_minute(moment: datetime) -> datetime:
    """Return a moment as precisely as a form's time field can hold it."""
    return moment.replace(second=0, microsecond=0)

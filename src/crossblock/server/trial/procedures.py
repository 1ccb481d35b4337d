"""Steps that a participant takes, each with its form: version and step in one transaction."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crossblock.core.errors import Problem
from crossblock.domain.conduct import Limit
from crossblock.server import study
from crossblock.server.record.appended import canonical
from crossblock.server.record.door import Writing, writing
from crossblock.server.record.entries import Spot, Submission, add_version, content_of, newest
from crossblock.server.record.models import Participant, Step, Version
from crossblock.server.record.sheet import Answer, Sheet
from crossblock.server.roles import Actor, RefusedError, Thing, require
from crossblock.server.trial import clearance, eligibility, flow
from crossblock.server.trial.models import Deviation
from crossblock.server.trial.state import standing


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a procedure led to: the version, and why the step was not taken (if so)."""

    version: Version
    stops: tuple[str, ...] = ()


def enroll(actor: Actor, site: str, key: str) -> Participant:
    """Add a participant at a site under the next code; the same key twice adds one."""
    with writing(actor, "participant.add", Thing.PARTICIPANTS, site=site) as entry:
        study.current().conduct.site(site)
        again = Step.objects.filter(name="registered", detail=canonical({"key": key})).first()
        if again is not None:
            entry.nothing_new()
            return again.participant
        last = Participant.objects.filter(site=site).order_by("-number").first()
        number = last.number + 1 if last else 1
        person = entry.add(
            Participant(code=f"{site.upper()}-{number:03d}", site=site, number=number)
        )
        entry.participant = person.code
        step = Step(participant=person, name="registered", occurred=entry.now)
        step.detail = canonical({"key": key})
        entry.add(step)
        return person


def sheet_of(name: str) -> Sheet:
    """Return the form of a procedure."""
    now = study.current()
    if name == "screening":
        return eligibility.screening_sheet(now.protocol)
    if name == "consent":
        return eligibility.consent_sheet()
    return eligibility.gate_sheet(now.conduct)


THINGS = {
    "screening": (Thing.ELIGIBILITY, "screened"),
    "consent": (Thing.ELIGIBILITY, "consented"),
    "gate": (Thing.GATE, "gated"),
}


def take(
    actor: Actor,
    participant: Participant,
    name: str,
    period: int,
    answers: Mapping[str, Answer],
    sent: Submission,
) -> Outcome:
    """Save a procedure's form; when nothing stops it, take its step.

    A form that says stop is kept all the same; it can be repeated later (a new version). A
    correction after the step was taken never undoes it: if the answers would now stop, a deviation
    is noted.
    """
    thing, step = THINGS[name]
    now = study.current()
    with writing(actor, f"{name}.save", thing, participant=participant) as entry:
        here = standing(participant, now.protocol.periods)
        taken = (step, period) in here.done
        if not taken:
            flow.check(here.done, (step, period), here.periods)
        stops = _stops(name, answers)
        if name == "consent" and stops:
            clearance.not_ahead(sent.occurred, entry.now)  # taken back, at any time after it
        else:
            clearance.check_time(participant, (step, period), sent.occurred, entry.now)
        if name == "gate":
            clearance.check_alerts(participant)
        content = {"answers": dict(answers), "stops": stops, "protocol": now.protocol.sha256}
        version, new = add_version(
            entry, participant, Spot(form=name, period=period), content, sent
        )
        if new and not stops and not taken:
            _step(entry, participant, step, period, sent.occurred, {"version": version.pk})
        if new and stops and taken:
            _deviate(entry, participant, f"{name} corrected", "; ".join(stops))
        entry.say(stops=stops)
    return Outcome(version=version, stops=tuple(stops))


def _stops(name: str, answers: Mapping[str, Answer]) -> list[str]:
    now = study.current()
    if name == "screening":
        return eligibility.screening_stops(now.protocol, answers)
    if name == "consent":
        return eligibility.consent_stops(answers)
    return eligibility.gate_stops(now.conduct, answers)


def screen_failure(actor: Actor, participant: Participant, reason: str) -> Step:
    """End somebody's way before randomization."""
    return _end(actor, participant, "screen failed", Thing.ELIGIBILITY, reason)


def withdraw(actor: Actor, participant: Participant, reason: str) -> Step:
    """End somebody's way after consent. What was written stays."""
    return _end(actor, participant, "withdrawn", Thing.PARTICIPANTS, reason)


def complete(actor: Actor, participant: Participant) -> Step:
    """Note that somebody went the whole way."""
    return _end(actor, participant, "completed", Thing.PARTICIPANTS, "")


def _end(actor: Actor, participant: Participant, name: str, thing: Thing, reason: str) -> Step:
    if name != "completed" and not reason.strip():
        raise RefusedError(Problem(what="the reason is missing", fix="say in a few words why"))
    with writing(actor, f"participant.{name}", thing, participant=participant) as entry:
        here = standing(participant, study.current().protocol.periods)
        flow.check(here.done, (name, 0), here.periods)
        entry.say(reason=reason)
        return _step(entry, participant, name, 0, entry.now, {"reason": reason[:500]})


def start(actor: Actor, participant: Participant, period: int, occurred: datetime) -> Step:
    """Begin a period at time zero, not before the washout is over and the kit was handed out."""
    protocol = study.current().protocol
    with writing(actor, "period.start", Thing.DOSING, participant=participant) as entry:
        here = standing(participant, protocol.periods)
        flow.check(here.done, ("started", period), here.periods)
        clearance.check_time(participant, ("started", period), occurred, entry.now)
        clearance.check_alerts(participant)
        earliest = flow.earliest_start(protocol, here.started, period)
        if earliest is not None and occurred < earliest:
            raise RefusedError(
                Problem(
                    what="the washout is not over",
                    value=f"{(earliest - occurred) / timedelta(days=1):.1f} days early",
                    why=f"the protocol asks for {protocol.design.washout.value}"
                    if protocol.design.washout
                    else "",
                    fix="begin later; an earlier start would need an amendment",
                )
            )
        clearance.check(participant, ("started", period), occurred)
        entry.say(period=period)
        return _step(entry, participant, "started", period, occurred, {})


def finish(actor: Actor, participant: Participant, period: int) -> Step:
    """End a period: its visits are over or missed."""
    with writing(actor, "period.finish", Thing.DOSING, participant=participant) as entry:
        here = standing(participant, study.current().protocol.periods)
        flow.check(here.done, ("finished", period), here.periods)
        clearance.check_alerts(participant)
        clearance.check_screened(participant)
        entry.say(period=period)
        return _step(entry, participant, "finished", period, entry.now, {})


def discharge(actor: Actor, participant: Participant, period: int, override: str = "") -> Step:
    """Let somebody go home after a session, when every limit holds.

    An investigator may override with a reason; that is a deviation.
    """
    with writing(actor, "session.discharge", Thing.DOSING, participant=participant) as entry:
        here = standing(participant, study.current().protocol.periods)
        flow.check(here.done, ("discharged", period), here.periods)
        clearance.check_alerts(participant)
        clearance.check_screened(participant)
        found = discharge_stops(participant, period)
        if found and not override.strip():
            raise RefusedError(
                *(Problem(what=f"not yet: {words}") for words in found),
                Problem(what="stay with the participant and measure again"),
            )
        if found:
            require(actor, "w", Thing.SAFETY, participant.site)
            _deviate(entry, participant, "discharge", f"{'; '.join(found)}: {override}")
        entry.say(period=period, override=override)
        return _step(entry, participant, "discharged", period, entry.now, {})


def discharge_stops(participant: Participant, period: int) -> list[str]:
    """Return which limits before discharge do not hold, by the last session ratings."""
    now = study.current()
    sessions = [v.id for v in now.protocol.visits if v.kind == "session" and v.takes_place(period)]
    asked = {name for v in now.protocol.visits if v.id in sessions for name in v.instruments}
    asked |= set(now.conduct.forms.session)
    stops = []
    for limit in now.conduct.safety.discharge:
        if not sessions or limit.instrument not in asked:
            continue
        value = _last_value(participant, limit.instrument, limit.of, period, sessions)
        if value is None:
            stops.append(f"{limit.label} (not rated yet)")
        elif not _keeps(limit, value):
            stops.append(f"{limit.label} (now {value:g})")
    return stops


def _keeps(limit: Limit, value: float) -> bool:
    low = -math.inf if limit.at_least is None else limit.at_least
    high = math.inf if limit.at_most is None else limit.at_most
    return low <= value <= high


def _last_value(
    participant: Participant, form: str, of: str, period: int, sessions: list[str]
) -> float | None:
    found = (
        Version.objects.filter(
            entry__participant=participant,
            entry__form=form,
            entry__period=period,
            entry__visit__in=sessions,
        )
        .order_by("-occurred", "-seq")
        .first()
    )
    if found is None:
        return None
    content = content_of(found)
    value = content.get("values", {}).get(of)
    return value if value is not None else content.get("answers", {}).get(of)


def _step(
    entry: Writing,
    participant: Participant,
    name: str,
    period: int,
    occurred: datetime,
    detail: Mapping[str, Any],
) -> Step:
    return entry.add(
        Step(
            participant=participant,
            name=name,
            period=period,
            occurred=occurred,
            detail=canonical(detail),
        )
    )


def _deviate(entry: Writing, participant: Participant, kind: str, words: str) -> None:
    entry.add(Deviation(participant=participant, kind=kind[:64], text=words[:1000]))


def latest(participant: Participant, name: str, period: int = 0) -> dict[str, Any]:
    """Return the newest content of a procedure's form, or {}."""
    found = newest(participant, Spot(form=name, period=period))
    return content_of(found) if found else {}

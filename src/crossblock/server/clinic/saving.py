"""Saving a filled form of the clinic: version, score, page of risk and tally in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crossblock.core.errors import Problem
from crossblock.load import instrument
from crossblock.server.accounts.models import Person
from crossblock.server.clinic import access, course, gate, house, paging, tally
from crossblock.server.clinic.access import Act
from crossblock.server.clinic.history import staged
from crossblock.server.clinic.models import Care, Page
from crossblock.server.record.door import writing
from crossblock.server.record.entries import Spot, Submission, add_version
from crossblock.server.record.models import Participant, Version
from crossblock.server.record.sheet import Answer
from crossblock.server.roles import Actor, RefusedError
from crossblock.server.trial.rating import scored

AHEAD = timedelta(minutes=5)
OWN = ("phq9", "qids-sr16", "ketamine-craving", "drug-liking", "expectation", "monthly", "pwc20",
       "dudit", "gad7")  # fmt: skip
"""Forms that a patient may fill alone."""
SIGNED_BY_CLINICIAN = ("diagnosis", "tests", "history", "medicines", "consent", "plan")


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """What saving led to."""

    version: Version
    new: bool
    page: Page | None


def act_of(form: str, visit: str) -> Act:
    """Return the kind of act that filling a form is."""
    if form == "plan":
        return Act.PLAN
    if form in SIGNED_BY_CLINICIAN:
        return Act.INTAKE
    if visit == course.SESSION:
        return Act.SESSION
    return Act.OWN if form in OWN else Act.RATING


def enroll(actor: Actor, key: str) -> Participant:
    """Add a patient, by code only, cared for by whoever adds them. The same key is one patient."""
    thing = access.require(actor, Act.CARE)
    with writing(actor, "patient.add", thing, site=house.SITE, checked=True) as entry:
        before = Participant.objects.filter(site=house.SITE).count()
        found = Participant.objects.filter(code=_code(key)).first()
        if found is not None:
            entry.nothing_new()
            return found
        made = entry.add(Participant(code=_code(key), site=house.SITE, number=before + 1))
        entry.add(Care(participant=made, person_id=actor.person_id, reason="added them"))
        entry.participant = made.code
        tally.write(course.read(made), made)
        return made


def _code(key: str) -> str:
    """Return a code that says nothing of the person; drawn with the form, so it is made once."""
    letters = "".join(c for c in key.upper() if c in "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    return f"C-{letters[:8]:X<8}"


def share(actor: Actor, participant: Participant, person: Person, holds: bool, why: str) -> Care:
    """Let somebody care for a patient, or end it; nobody is left without anybody."""
    thing = access.require(actor, Act.CARE, participant)
    with writing(actor, "care.share", thing, participant=participant, checked=True) as entry:
        if not holds and not _others(participant, person):
            raise RefusedError(Problem(what="somebody must care for this patient"))
        entry.say(person=person.ref, holds=holds, reason=why)
        return entry.add(
            Care(participant=participant, person=person, holds=holds, reason=why[:500])
        )


def _others(participant: Participant, person: Person) -> bool:
    newest: dict[int, bool] = {}
    for row in Care.objects.filter(participant=participant).order_by("seq", "pk"):
        newest[row.person_id] = row.holds
    return any(holds for pk, holds in newest.items() if pk != person.pk)


def save(
    actor: Actor,
    participant: Participant,
    spot: Spot,
    answers: Mapping[str, Answer],
    sent: Submission,
    *,
    unanswered: tuple[str, ...] = (),
    sure: tuple[str, ...] = (),
    said: Mapping[str, Mapping[str, str]] | None = None,
) -> Saved:
    """Save one filled form as a version.

    `sure` are the fields whose doubt the person confirmed; `said` what each asked, and the reason
    given where one was wanted. Raises `RefusedError` for a time that
    has not come, a session behind a shut gate, or who may not; nothing is written then.
    """
    act = act_of(spot.form, spot.visit)
    thing = access.require(actor, act, participant)
    if actor.participant_code and spot.form not in OWN:
        raise RefusedError(Problem(what="this form is filled with your clinician"))
    with writing(actor, "clinic.save", thing, participant=participant, checked=True) as entry:
        _check_time(entry.now, participant, spot, sent.occurred)
        content = _content(spot.form, answers)
        content |= {"unanswered": list(unanswered), "sure": list(sure), "doubts": dict(said or {})}
        version, new = add_version(entry, participant, spot, content, sent)
        if not new:
            again = (
                paging.at(participant, spot).first() if paging.raised(spot.form, answers) else None
            )
            return Saved(version=version, new=False, page=again)
        page = paging.page(entry, participant, version, answers)
        tally.write(course.read(participant), participant)
    return Saved(version=version, new=True, page=page)


def _content(form: str, answers: Mapping[str, Answer]) -> dict[str, Any]:
    if form in instrument.names():
        found: dict[str, Any] = scored(instrument.read(form), answers)
        return found
    content: dict[str, Any] = {"answers": dict(answers)}
    if form == "history":
        result = staged(answers)
        content["staged"] = {"failed": result.failed, "stage": result.stage, "band": result.band,
                             "sentence": result.sentence}  # fmt: skip
    return content


def _check_time(now: datetime, participant: Participant, spot: Spot, occurred: datetime) -> None:
    if occurred > now + AHEAD:
        raise RefusedError(
            Problem(
                what="this time has not come yet",
                value=f"{occurred:%Y-%m-%d %H:%M} UTC",
                fix="give the time at which it took place",
            )
        )
    if spot.visit != course.SESSION:
        return
    before = course.read(participant)
    here = [s for s in before.sessions if s.number == spot.period]
    if spot.form == "dose" and not here:
        if spot.period != len(before.sessions) + 1:
            raise RefusedError(Problem(what=f"the next session is {len(before.sessions) + 1}"))
        if before.sessions and occurred <= before.sessions[-1].at:
            raise RefusedError(Problem(what="this is before the session that came before it"))
        if not gate.is_open(before):
            words = "; ".join(m.words for m in gate.missing(before))
            raise RefusedError(
                Problem(
                    what="the gate is shut: no session yet",
                    why=f"still missing: {words}",
                    fix="enter what is missing, or override with a reason on the patient's page",
                )
            )
    elif spot.form != "dose" and not here:
        raise RefusedError(Problem(what="enter the dose first", fix="the session begins with it"))

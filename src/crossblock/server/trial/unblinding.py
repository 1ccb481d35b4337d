"""Code break: reason and time are committed first; then one sealed envelope leaves, unopened.

The web process cannot open it. In a crossover one period tells the others, so the break counts for
all of them, and nobody who rates outcomes at the site on that day rates this participant any more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from crossblock.core.errors import Problem
from crossblock.load.allocation import envelope_name
from crossblock.server import study
from crossblock.server.accounts.models import Grant
from crossblock.server.record.door import writing
from crossblock.server.record.models import Participant, Version
from crossblock.server.roles import Actor, RefusedError, Role, Thing
from crossblock.server.trial.models import Allocation, CodeBreak, RaterOff, Release
from crossblock.server.trial.schedule import places

KINDS = ("emergency", "planned", "accidental")
SHORTEST_REASON = 10


def break_code(actor: Actor, participant: Participant, kind: str, reason: str) -> CodeBreak:
    """Record why the code is broken, and switch the participant's outcome raters off.

    A second break of the same participant answers the first. Call after re-authentication.
    """
    if kind not in KINDS or len(reason.strip()) < SHORTEST_REASON:
        raise RefusedError(
            Problem(
                what="a code break needs its kind and its reason",
                why="it is looked at in every inspection",
                fix="choose a kind and say in a sentence what happened",
            )
        )
    protocol = study.current().protocol
    with writing(actor, "code.break", Thing.CODE_BREAK, participant=participant) as entry:
        again = CodeBreak.objects.filter(participant=participant).first()
        if again is not None:
            entry.nothing_new()
            return again
        if not Allocation.objects.filter(participant=participant).exists():
            raise RefusedError(Problem(what="this participant has not been randomized"))
        made = entry.add(
            CodeBreak(
                participant=participant,
                kind=kind,
                reason=reason.strip()[:1000],
                periods=", ".join(str(p + 1) for p in range(protocol.periods)),
            )
        )
        for person in outcome_raters(participant):
            entry.add(RaterOff(participant=participant, person_id=person))
        entry.say(kind=kind, reason=reason, periods=protocol.periods)
        entry.witness()
    return made


def outcome_raters(participant: Participant) -> list[int]:
    """Return who rates outcomes at this site now, and who has rated those of this participant.

    Whoever takes over is given the role after the break.
    """
    now = study.current()
    forms = {p.form for p in places(now.protocol, now.conduct) if p.thing is Thing.OUTCOME_FORMS}
    visits = {p.visit for p in places(now.protocol, now.conduct) if p.thing is Thing.OUTCOME_FORMS}
    found = Version.objects.filter(
        entry__participant=participant, entry__form__in=forms, entry__visit__in=visits
    )
    here = Grant.objects.filter(
        request__role=Role.OUTCOME_RATER,
        request__site__in=("", participant.site),
        grantend__isnull=True,
    )
    holders = here.values_list("request__person_id", flat=True)
    return sorted({*found.values_list("by_id", flat=True), *holders} - {None})


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """A sealed envelope on its way out."""

    name: str
    content: bytes


def release(actor: Actor, made: CodeBreak) -> Envelope:
    """Return the one sealed envelope of a committed code break, after noting that it leaves."""
    allocation = study.current().allocation
    slot = Allocation.objects.select_related("slot").get(participant=made.participant).slot.number
    assert allocation is not None
    path = allocation.path / envelope_name(slot)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != allocation.envelopes[slot]:
        raise RefusedError(
            Problem(
                what="this envelope is not the one that was sealed",
                why="its SHA-256 differs from the manifest",
                fix="call the unblinded statistician, who holds the list",
            )
        )
    with writing(
        actor, "envelope.release", Thing.CODE_BREAK, participant=made.participant
    ) as entry:
        entry.add(Release(code_break=made, envelope_sha256=digest))
        entry.say(envelope_sha256=digest)
        entry.witness()
    return Envelope(name=f"envelope-{made.participant.code}.json", content=content)

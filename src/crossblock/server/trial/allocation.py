"""Randomization: the next slot of the stratum, once, in order, with a signed receipt.

The server hands out kit ids. What they hold is sealed elsewhere.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from crossblock.core.errors import Problem
from crossblock.server import clock, study
from crossblock.server.record.appended import canonical
from crossblock.server.record.door import Writing, writing
from crossblock.server.record.models import Participant, Step
from crossblock.server.record.signing import receipt
from crossblock.server.record.standing import standing as database_standing
from crossblock.server.roles import Actor, RefusedError, Thing
from crossblock.server.trial import clearance, eligibility, flow, procedures
from crossblock.server.trial.models import Allocation, Slot
from crossblock.server.trial.state import standing


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What randomization answers; asking again answers the same."""

    allocation: Allocation
    new: bool

    @property
    def kits(self) -> tuple[str, ...]:
        return tuple(json.loads(self.allocation.slot.kits))


def randomize(actor: Actor, participant: Participant) -> Given:
    """Give a participant the next slot of their stratum.

    One transaction behind the one lock of the chain: check, slot, step, receipt, event. A second
    request for the same participant gets the same answer. Raises `RefusedError` when the steps
    before it are missing, the list is used up, or the database is not where its witness saw it
    (looked at before the lock is taken: those who wait for it cannot change that).
    """
    now = study.current()
    fault = database_standing(now).fault
    with writing(actor, "randomize", Thing.RANDOMIZE, participant=participant) as entry:
        again = Allocation.objects.filter(participant=participant).select_related("slot").first()
        if again is not None:
            entry.nothing_new()
            return Given(allocation=again, new=False)
        here = standing(participant, now.protocol.periods)
        flow.check(here.done, ("randomized", 0), here.periods)
        _check_standing(fault)
        clearance.check_alerts(participant)
        clearance.check(participant, ("randomized", 0), entry.now)
        asked = any(f.id != "site" for f in now.protocol.randomization.strata)
        answers = procedures.latest(participant, "screening")["answers"] if asked else {}
        stratum = eligibility.stratum_of(now.protocol, now.conduct, participant.site, answers)
        slot = _next_slot(stratum)
        made = entry.add(
            Allocation(
                participant=participant,
                slot=slot,
                stratum=stratum,
                receipt=_receipt(entry, participant, slot),
            )
        )
        entry.add(
            Step(
                participant=participant,
                name="randomized",
                occurred=entry.now,
                detail=canonical({"stratum": stratum}),
            )
        )
        entry.say(slot=slot.number, stratum=stratum, kits=json.loads(slot.kits))
        entry.witness()
        return Given(allocation=made, new=True)


def _check_standing(fault: str) -> None:
    """Raise `RefusedError` when the database was rolled back or rewritten."""
    if fault:
        raise RefusedError(
            Problem(
                what="randomization is locked",
                value=fault,
                why="a slot could be handed out a second time",
                fix="two people compare printed receipts with the list, and clear it up on the "
                "page Rollback",
            )
        )


def _next_slot(stratum: str) -> Slot:
    """Return the first slot of a stratum that nobody has."""
    slot: Slot | None = (
        Slot.objects.filter(stratum=stratum, allocation__isnull=True).order_by("place").first()
    )
    if slot is None:
        there = Slot.objects.filter(stratum=stratum).exists()
        raise RefusedError(
            Problem(
                what="no slot is left" if there else "the list has no slots for this stratum",
                where=f"stratum {stratum}",
                fix="the unblinded statistician makes a further list",
            )
        )
    return slot


def _receipt(entry: Writing, participant: Participant, slot: Slot) -> str:
    return receipt(
        {
            "participant": participant.code,
            "slot": slot.number,
            "kits": json.loads(slot.kits),
            "at": clock.text(entry.now),
            "event": entry.seq,
            "after": entry.head.hash,
            "protocol": study.current().protocol.sha256,
        }
    )

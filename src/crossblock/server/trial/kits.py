"""Kits: received, handed out, replaced, given back. Whose a kit is, is known; not what it holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from crossblock.core.errors import Problem
from crossblock.domain.kits import is_kit_id, written
from crossblock.load.allocation import DRY
from crossblock.server import study
from crossblock.server.record.appended import canonical
from crossblock.server.record.door import Writing, writing
from crossblock.server.record.models import Participant, Step
from crossblock.server.roles import Actor, RefusedError, Thing
from crossblock.server.trial import clearance, flow
from crossblock.server.trial.models import Allocation, Deviation, KitMove, Slot
from crossblock.server.trial.state import standing

STOCK_MOVES = ("received", "quarantined", "returned", "destroyed")
LOW = 4


def kit_of(participant: Participant, period: int) -> str:
    """Return the kit that a participant gets in a period: the slot's, or its spare after a loss."""
    slot = Allocation.objects.select_related("slot").get(participant=participant).slot
    kit = str(json.loads(slot.kits)[period - 1])
    lost = KitMove.objects.filter(kit=kit, move="replaced").exists()
    return str(json.loads(slot.spares)[period - 1]) if lost else kit


def typed_kit(text: str) -> str:
    """Return a kit id as it is printed, or refuse a slip of the pen."""
    mark = DRY if text.strip().upper().startswith(DRY) else ""
    body = text.strip().upper().removeprefix(DRY)
    if not is_kit_id(body):
        raise RefusedError(
            Problem(
                what="this is no kit id",
                value=text.strip()[:20],
                why="its check letter does not fit: a letter is wrong or two changed places",
                fix="read the label again, or scan it",
            )
        )
    return mark + written(body)


def dispense(
    actor: Actor, participant: Participant, period: int, text: str, occurred: datetime | None = None
) -> Step:
    """Hand out the kit of a period: the one on the label must be the one that is due.

    `occurred`: when it took place, if it is noted later.
    """
    kit = typed_kit(text)
    with writing(actor, "kit.dispense", Thing.KITS, participant=participant) as entry:
        here = standing(participant, study.current().protocol.periods)
        flow.check(here.done, ("dispensed", period), here.periods)
        at = occurred or entry.now
        clearance.check_alerts(participant)
        clearance.check(participant, ("dispensed", period), at)
        due = kit_of(participant, period)
        if kit != due:
            raise RefusedError(
                Problem(
                    what="this is not the kit of this participant and period",
                    value=kit,
                    why="the label does not carry the id that is due",
                    fix="put it back and take the kit that is shown above",
                )
            )
        entry.add(KitMove(kit=kit, move="dispensed", participant=participant, period=period))
        entry.say(kit=kit, period=period)
        step = Step(participant=participant, name="dispensed", period=period, occurred=at)
        step.detail = canonical({"kit": kit})
        return entry.add(step)


def replace(actor: Actor, participant: Participant, period: int, reason: str) -> str:
    """Replace a broken or lost kit by its spare, which holds the same; return the spare's id."""
    if not reason.strip():
        raise RefusedError(
            Problem(what="the reason is missing", fix="say what happened to the kit")
        )
    with writing(actor, "kit.replace", Thing.KITS, participant=participant) as entry:
        kit = kit_of(participant, period)
        _check_first_loss(participant, period, kit)
        entry.add(
            KitMove(
                kit=kit, move="replaced", participant=participant, period=period, note=reason[:500]
            )
        )
        entry.add(
            Deviation(
                participant=participant,
                kind="kit replaced",
                text=f"period {period}, kit {kit}: {reason}"[:1000],
            )
        )
        entry.say(kit=kit, period=period, reason=reason)
    return kit_of(participant, period)


def _check_first_loss(participant: Participant, period: int, kit: str) -> None:
    slot = Allocation.objects.select_related("slot").get(participant=participant).slot
    if kit != json.loads(slot.kits)[period - 1]:
        raise RefusedError(
            Problem(
                what="the spare was used already",
                fix="ask the unblinded pharmacist for another kit of the same kind",
            )
        )


def given_wrongly(actor: Actor, participant: Participant, period: int, text: str, why: str) -> None:
    """Note that another kit than the due one was in fact given. It stays as it happened."""
    kit = typed_kit(text)
    with writing(actor, "kit.wrong", Thing.KITS, participant=participant) as entry:
        entry.add(
            KitMove(
                kit=kit,
                move="given wrongly",
                participant=participant,
                period=period,
                note=why[:500],
            )
        )
        entry.add(
            Deviation(
                participant=participant,
                kind="wrong kit",
                text=f"period {period}, kit {kit} was given: {why}"[:1000],
            )
        )
        entry.say(kit=kit, period=period, due=kit_of(participant, period), reason=why)
        entry.witness()


def move(actor: Actor, text: str, what: str, note: str) -> KitMove:
    """Note a move of stock."""
    kit = typed_kit(text)
    if what not in STOCK_MOVES:
        raise RefusedError(Problem(what="unknown move", value=what[:20]))
    with writing(actor, f"kit.{what}", Thing.STOCK, site=_any_site(actor)) as entry:
        entry.say(kit=kit)
        return _move(entry, kit, what, note)


def _move(entry: Writing, kit: str, what: str, note: str) -> KitMove:
    return entry.add(KitMove(kit=kit, move=what, note=note[:500]))


def _any_site(actor: Actor) -> str:
    return next(iter(actor.sites("w", Thing.STOCK)), "")


def stock() -> Mapping[str, int]:
    """Return how many kits are where: counts over all, never by content."""
    every = sum(len(json.loads(k)) for k in Slot.objects.values_list("kits", flat=True))
    found = dict.fromkeys((*STOCK_MOVES, "dispensed", "replaced"), 0)
    for what in KitMove.objects.values_list("move", flat=True):
        found[what] = found.get(what, 0) + 1
    return {"on the list": every, **found}


def level() -> str:
    """Return what a blinded coordinator sees of the stock: ok or low."""
    left = Slot.objects.filter(allocation__isnull=True).count()
    return "ok" if left >= LOW else "low"

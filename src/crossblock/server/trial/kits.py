"""Kits: received, handed out, replaced, given back. Whose a kit is, is known; not what it holds.

The state of a kit is what its last move made of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from crossblock.core.errors import Problem
from crossblock.domain.kits import is_kit_id, written
from crossblock.load.allocation import DRY
from crossblock.server import study
from crossblock.server.record.appended import canonical
from crossblock.server.record.door import writing
from crossblock.server.record.models import Participant, Step
from crossblock.server.roles import Actor, RefusedError, Thing
from crossblock.server.trial import clearance, flow
from crossblock.server.trial.models import Allocation, Deviation, KitMove, Slot
from crossblock.server.trial.state import standing

STOCK_MOVES = ("received", "quarantined", "released", "returned", "destroyed")
COMING = "not received"
MAKES = {"released": "received"}
"""What a kit is after a move, where that has another name."""
NEXT: Mapping[str, frozenset[str]] = {
    COMING: frozenset({"received"}),
    "received": frozenset({"quarantined", "destroyed"}),
    "quarantined": frozenset({"released", "destroyed"}),
    "dispensed": frozenset({"returned"}),
    "given wrongly": frozenset({"returned"}),
    "replaced": frozenset({"quarantined", "returned", "destroyed"}),
    "returned": frozenset({"destroyed"}),
    "destroyed": frozenset(),
}
"""Which moves of stock can follow on a state. A broken kit is replaced, a wrong one was given,
whatever state it was thought to be in."""
AT_ONCE = 200
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
        clearance.check_time(participant, ("dispensed", period), at, entry.now)
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
        _check_usable(kit)
        entry.add(KitMove(kit=kit, move="dispensed", participant=participant, period=period))
        entry.say(kit=kit, period=period)
        step = Step(participant=participant, name="dispensed", period=period, occurred=at)
        step.detail = canonical({"kit": kit})
        return entry.add(step)


def _check_usable(kit: str) -> None:
    """Raise `RefusedError` for a kit that is not in the stock."""
    state = states([kit])[kit]
    if state != "received":
        raise RefusedError(
            Problem(
                what=f"kit {kit} must not be handed out: it is {state}",
                fix="the pharmacist notes when it is received or released; or use the spare",
            )
        )


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
    if not why.strip():
        raise RefusedError(Problem(what="the reason is missing", fix="say how it came about"))
    kit = typed_kit(text)
    given = KitMove.objects.filter(kit=kit, move="given wrongly", participant=participant)
    with writing(actor, "kit.wrong", Thing.KITS, participant=participant) as entry:
        if given.filter(period=period).exists():
            entry.nothing_new()
            return
        _check_listed(kit, listed())
        if kit == kit_of(participant, period):
            raise RefusedError(
                Problem(
                    what=f"kit {kit} is the one that is due in period {period}",
                    fix="give the id of the kit that was given in its place",
                )
            )
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


def move(actor: Actor, text: str, what: str, note: str) -> tuple[KitMove, ...]:
    """Note a move of stock, of one kit or of a delivery (ids apart by spaces or lines).

    All or none: an id that is not on the list, or a move that cannot follow, refuses the whole. A
    kit that is there already is left as it is: the same move twice is one.
    """
    found = list(dict.fromkeys(typed_kit(word) for word in text.split()))
    if what not in STOCK_MOVES:
        raise RefusedError(Problem(what="unknown move", value=what[:20]))
    if not 0 < len(found) <= AT_ONCE:
        raise RefusedError(Problem(what=f"one to {AT_ONCE} kit ids at a time"))
    with writing(actor, f"kit.{what}", Thing.STOCK, site=_any_site(actor)) as entry:
        now, every = states(found), listed()
        for kit in found:
            _check_listed(kit, every)
        moved = [kit for kit in found if now[kit] != MAKES.get(what, what)]
        for kit in moved:
            _check_follows(kit, now[kit], what)
        if not moved:
            entry.nothing_new()
        entry.say(kits=moved)
        return tuple(entry.add(KitMove(kit=k, move=what, note=note[:500])) for k in moved)


def _check_listed(kit: str, every: frozenset[str]) -> None:
    if kit not in every:
        raise RefusedError(
            Problem(
                what=f"kit {kit} is not on this study's list",
                fix="look at the label again; a kit of another study does not belong here",
            )
        )


def _check_follows(kit: str, state: str, what: str) -> None:
    if what not in NEXT[state]:
        raise RefusedError(
            Problem(
                what=f"kit {kit} cannot be {what}: it is {state}",
                fix=f"what can follow: {', '.join(sorted(NEXT[state])) or 'nothing'}",
            )
        )


def _any_site(actor: Actor) -> str:
    return next(iter(actor.sites("w", Thing.STOCK)), "")


def listed() -> frozenset[str]:
    """Return every kit id of the list, spares too."""
    rows = Slot.objects.values_list("kits", "spares")
    return frozenset(kit for pair in rows for text in pair for kit in json.loads(text))


def states(wanted: Collection[str]) -> dict[str, str]:
    """Return what each of these kits is by its last move."""
    found = dict.fromkeys(wanted, COMING)
    rows = KitMove.objects.all() if len(found) > AT_ONCE else KitMove.objects.filter(kit__in=found)
    for kit, last in rows.order_by("seq", "id").values_list("kit", "move"):
        if kit in found:
            found[kit] = MAKES.get(last, last)
    return found


def stock() -> Mapping[str, int]:
    """Return how many kits are in which state: counts over all, never by content."""
    now = states(listed())
    return {"on the list": len(now), **dict.fromkeys(NEXT, 0), **Counter(now.values())}


def level() -> str:
    """Return what a blinded coordinator sees of the stock: ok or low."""
    left = Slot.objects.filter(allocation__isnull=True).count()
    return "ok" if left >= LOW else "low"

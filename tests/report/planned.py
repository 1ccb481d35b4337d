"""Plans and answers that the tests of the planner's page share, each computed once."""

from __future__ import annotations

from functools import cache

from crossblock.core.streams import Stream
from crossblock.domain.blockade_plan import BlockadePlan
from crossblock.domain.compound import Compound
from crossblock.domain.onboard import OnBoard
from crossblock.domain.peer import PlannerComparison
from crossblock.domain.protocol import Protocol
from crossblock.exposure.comparison import NEEDS, compare_planners
from crossblock.exposure.onboard import on_boards
from crossblock.exposure.planner import Wish, plan_blockade
from crossblock.load.compound import compound
from crossblock.load.medication import medication
from crossblock.load.protocol import read

PEOPLE = Stream(20261121, "between persons")


@cache
def protocol(name: str = "williams-2018") -> Protocol:
    return read(name)


def compounds(name: str = "williams-2018") -> dict[str, Compound]:
    return {c: compound(c) for c in protocol(name).compound_ids}


@cache
def plan(wanted: float = 0.9) -> BlockadePlan:
    return plan_blockade(protocol(), compounds(), Wish(wanted=wanted), stream=PEOPLE)


@cache
def boards(*lines: str) -> tuple[OnBoard, ...]:
    taken = [medication(line) for line in lines]
    return on_boards(taken, {m.compound: compound(m.compound) for m in taken}, stream=PEOPLE)


@cache
def comparison() -> PlannerComparison:
    return compare_planners({name: compound(name) for name in NEEDS}, stream=PEOPLE)

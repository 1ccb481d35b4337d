"""Rules for what is given: administrations, conditions and their cells, sequences, washout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from crossblock.domain.administration import Administration
from crossblock.domain.condition import Condition
from crossblock.domain.contradiction import Contradiction, Parts, unknown_ids
from crossblock.domain.design import Design

# cell -> roles it needs, roles it excludes
ROLES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "open": (frozenset({"drug"}), frozenset({"blocker"})),
    "blocked": (frozenset({"drug", "blocker"}), frozenset()),
    "no_drug": (frozenset(), frozenset({"drug", "blocker"})),
    "blocker_alone": (frozenset({"blocker"}), frozenset({"drug"})),
}


def administrations(parts: Parts) -> Iterator[Contradiction]:
    """Yield placebos that take the place of nothing."""
    yield from unknown_ids(
        parts,
        "administrations",
        "administration",
        (
            (("administrations", i, "in_place_of"), a.in_place_of)
            for i, a in parts.administrations.items()
            if a.in_place_of is not None
        ),
    )


def conditions(parts: Parts) -> Iterator[Contradiction]:
    """Yield conditions that give something unknown, or not what their cell says."""
    yield from unknown_ids(
        parts,
        "administrations",
        "administration",
        (
            (("conditions", i, "administrations"), a)
            for i, c in parts.conditions.items()
            for a in c.administrations
        ),
    )
    by_id = {a.id: a for a in parts.administrations.values()}
    for i, c in parts.conditions.items():
        if all(a in by_id for a in c.administrations):
            yield from _cell(i, c, {by_id[a].role for a in c.administrations})
    yield from _drug_starts(parts, by_id)


def _cell(index: int, condition: Condition, roles: set[str]) -> Iterator[Contradiction]:
    needed, forbidden = ROLES[condition.cell]
    wrong = [f"no {r} is given" for r in sorted(needed - roles)]
    wrong += [f"a {r} is given" for r in sorted(forbidden & roles)]
    if wrong:
        yield Contradiction(
            path=("conditions", index, "cell"),
            what="the cell does not fit what is given",
            value=condition.cell,
            why=" and ".join(wrong),
            fix="open = drug only, blocked = both, no_drug = neither, blocker_alone = blocker only",
        )


def _drug_starts(parts: Parts, by_id: Mapping[str, Administration]) -> Iterator[Contradiction]:
    starts: dict[float, str] = {}
    for i, c in parts.conditions.items():
        given = [by_id[a] for a in c.administrations if a in by_id]
        drugs = [a.start_h for a in given if a.role == "drug"]
        if not drugs:
            continue
        if starts and min(drugs) not in starts:
            start, other = next(iter(starts.items()))
            yield Contradiction(
                path=("conditions", i, "administrations"),
                what="the drug starts at another time than in the other conditions",
                value=f"{min(drugs):g} h after time_zero",
                why=f"in {other} it starts at {start:g} h, and visits after the drug need one time",
                fix="choose time_zero so that the drug starts at the same time in every condition",
            )
        starts.setdefault(min(drugs), c.id)


def design(parts: Parts) -> Iterator[Contradiction]:
    """Yield what is wrong with sequences, periods and washout."""
    plan = parts.design
    if plan is None:
        return
    yield from unknown_ids(
        parts,
        "conditions",
        "condition",
        (
            (("design", "sequences", i, "conditions"), c)
            for i, s in enumerate(plan.sequences)
            for c in s.conditions
        ),
    )
    for i, s in enumerate(plan.sequences):
        if len(s.conditions) != plan.periods:
            yield Contradiction(
                path=("design", "sequences", i, "conditions"),
                what="the sequence does not have one condition per period",
                value=", ".join(s.conditions),
                why=f"periods = {plan.periods}, conditions named = {len(s.conditions)}",
                fix="name one condition for each period, or correct periods",
            )
    repeated = [o for o, n in Counter(s.conditions for s in plan.sequences).items() if n > 1]
    for order in repeated:
        last = max(i for i, s in enumerate(plan.sequences) if s.conditions == order)
        yield Contradiction(
            path=("design", "sequences", last, "conditions"),
            what="two sequences give the same conditions in the same order",
            value=", ".join(order),
            why="nothing could tell them apart",
            fix="delete one of them; unequal numbers belong in randomization.ratio",
        )
    yield from _washout(plan)


def _washout(design: Design) -> Iterator[Contradiction]:
    if design.periods > 1 and design.washout is None:
        yield Contradiction(
            path=("design", "washout"),
            what="a crossover without a washout",
            why=f"with {design.periods} periods, what is left of one period acts in the next",
            fix='add washout = "30 d": the time from one time_zero to the next',
        )
    if design.washout is not None and design.washout.value.value <= 0:
        yield Contradiction(
            path=("design", "washout"),
            what="the washout is not positive",
            value=str(design.washout.value),
            why="periods follow one another",
            fix="write the time from one time_zero to the next",
        )

"""What contradicts itself in a protocol: people, endpoints, looks, plan, repeated ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crossblock.domain import treatment_rules, visit_rules
from crossblock.domain.contradiction import Contradiction, Parts, Path, unknown_ids


def contradictions(parts: Parts) -> tuple[Contradiction, ...]:
    """Return everything that contradicts itself, in the order of a protocol file."""
    rules = (
        _duplicates,
        _population,
        _counts,
        treatment_rules.administrations,
        treatment_rules.conditions,
        treatment_rules.design,
        visit_rules.visits,
        _endpoints,
        _randomization,
        _interim,
        _estimands,
        _analysis,
    )
    return tuple(found for rule in rules for found in rule(parts))


def _repeated(kind: Path, elements: Mapping[int, Any]) -> Iterator[Contradiction]:
    first: dict[str, int] = {}
    for index, element in elements.items():
        if element.id in first:
            yield Contradiction(
                path=(*kind, index, "id"),
                what="two elements have the same id",
                value=element.id,
                why=f"it is also the id of number {first[element.id] + 1}; an id names one thing",
                fix="give one of them another id",
            )
        first.setdefault(element.id, index)


def _duplicates(parts: Parts) -> Iterator[Contradiction]:
    for kind in ("administrations", "conditions", "visits", "endpoints", "estimands"):
        yield from _repeated((kind,), getattr(parts, kind))
    if parts.design:
        yield from _repeated(("design", "sequences"), dict(enumerate(parts.design.sequences)))
    if parts.randomization:
        yield from _repeated(
            ("randomization", "strata"), dict(enumerate(parts.randomization.strata))
        )


def _population(parts: Parts) -> Iterator[Contradiction]:
    for name in ("registered", "as_run"):
        who = getattr(parts.population, name, None)
        if who and who.age_min and who.age_max and who.age_min.value > who.age_max.value:
            yield Contradiction(
                path=("population", name, "age_max"),
                what="the oldest participant is younger than the youngest",
                value=str(who.age_max.value),
                why=f"age_min is {who.age_min.value}",
                fix="exchange age_min and age_max",
            )


def _counts(parts: Parts) -> Iterator[Contradiction]:
    people = parts.participants
    if people is None:
        return
    if people.planned is None and people.enrolled is None:
        yield Contradiction(
            path=("participants",),
            what="neither a planned nor an enrolled number of participants",
            why="power, virtual trials and the flow diagram need one",
            fix="add planned = … (or enrolled = … for a finished study)",
        )
    for fewer, more in (
        ("studied", "enrolled"),
        ("completed", "studied"),
        ("completed", "enrolled"),
    ):
        a, b = getattr(people, fewer), getattr(people, more)
        if a is not None and b is not None and a.value > b.value:
            yield Contradiction(
                path=("participants", fewer),
                what=f"more participants {fewer} than {more}",
                value=str(a.value),
                why=f"{more} is {b.value}",
                fix="check both numbers; where sources disagree keep the rival in also = [ … ]",
            )


def _endpoints(parts: Parts) -> Iterator[Contradiction]:
    yield from unknown_ids(
        parts,
        "visits",
        "visit",
        (
            (("endpoints", i, key), visit)
            for i, e in parts.endpoints.items()
            for key, visit in (("visit", e.visit), *(("also_at", v) for v in e.also_at))
        ),
    )
    rated = {v.id: v.instruments for v in parts.visits.values()}
    for i, e in parts.endpoints.items():
        if e.visit in rated and e.instrument not in rated[e.visit]:
            yield Contradiction(
                path=("endpoints", i, "instrument"),
                what="the endpoint's instrument is not rated at its visit",
                value=e.instrument,
                why=f"visit {e.visit} rates {', '.join(rated[e.visit]) or 'nothing'}",
                fix=f"add it to the instruments of visit {e.visit}",
            )
    roles = {e.role.value for e in parts.endpoints.values()}
    if roles and "primary" not in roles and not parts.unread.get("endpoints"):
        yield Contradiction(
            path=("endpoints",),
            what="no endpoint is primary",
            why="the sample size and the first screen of the report rest on one",
            fix='set role = "primary" on one of them',
        )


def _randomization(parts: Parts) -> Iterator[Contradiction]:
    scheme, design = parts.randomization, parts.design
    if scheme is None or design is None:
        return
    shares = scheme.ratio or (1,) * len(design.sequences)
    if len(shares) != len(design.sequences):
        yield Contradiction(
            path=("randomization", "ratio"),
            what="the ratio does not have one number per sequence",
            value=":".join(map(str, shares)),
            why=f"the design has {len(design.sequences)} sequences",
            fix="name one share for each sequence, in their order",
        )
    for size in scheme.block_sizes:
        if size % sum(shares):
            yield Contradiction(
                path=("randomization", "block_sizes"),
                what="a block cannot be filled in the ratio of the sequences",
                value=str(size),
                why=f"it is not a multiple of {sum(shares)}",
                fix=f"use multiples of {sum(shares)}",
            )


def _interim(parts: Parts) -> Iterator[Contradiction]:
    interim = parts.interim
    if interim is None:
        return
    yield from unknown_ids(
        parts,
        "endpoints",
        "endpoint",
        ((("interim", "rules", i, "endpoint"), r.endpoint) for i, r in enumerate(interim.rules)),
    )
    planned = parts.participants.planned if parts.participants else None
    looks = [look.value for look in interim.looks]
    for i, look in enumerate(looks):
        if planned is not None and look >= planned.value:
            yield Contradiction(
                path=("interim", "looks", i),
                what="the interim look is not before the end",
                value=str(look),
                why=f"{planned.value} participants are planned in all",
                fix="look earlier, or plan more participants",
            )
    if looks != sorted(set(looks)):
        yield Contradiction(
            path=("interim", "looks"),
            what="the looks are not in ascending order",
            value=", ".join(map(str, looks)),
            why="information only grows",
            fix="sort them and name each once",
        )


def _estimands(parts: Parts) -> Iterator[Contradiction]:
    for key in ("test", "reference"):
        yield from unknown_ids(
            parts,
            "conditions",
            "condition",
            ((("estimands", i, key), getattr(e, key)) for i, e in parts.estimands.items()),
        )
    yield from unknown_ids(
        parts,
        "endpoints",
        "endpoint",
        (
            (("estimands", i, "endpoints"), wanted)
            for i, e in parts.estimands.items()
            for wanted in e.endpoints
        ),
    )
    for i, e in parts.estimands.items():
        if e.test == e.reference and e.measure != "change from baseline":
            yield Contradiction(
                path=("estimands", i, "reference"),
                what="a condition is compared with itself",
                value=e.reference,
                why="test and reference are the same condition",
                fix='choose another reference, or measure = "change from baseline"',
            )


def _analysis(parts: Parts) -> Iterator[Contradiction]:
    plan = parts.analysis
    if plan is None:
        return
    yield from unknown_ids(
        parts,
        "estimands",
        "estimand",
        (
            (("analysis", "analyses", i, "estimand"), a.estimand)
            for i, a in enumerate(plan.analyses)
        ),
    )
    if plan.baseline is not None:
        yield from unknown_ids(
            parts, "visits", "visit", [(("analysis", "baseline"), plan.baseline)]
        )
    if not any(a.role == "primary" for a in plan.analyses):
        yield Contradiction(
            path=("analysis", "analyses"),
            what="no analysis is primary",
            why="without one, the result could be chosen after the data are seen",
            fix='set role = "primary" on one of them',
        )

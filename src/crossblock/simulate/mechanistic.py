"""The mechanistic generator: every person's drug, blocker and five states, period after period.

    severity_ip(t) = baseline_ip exp(-R(t) - H(t)) + points,   R from `kernels.response`

R carries over: each period starts from the state in which the one before left the person, with
what is then left of drug effect and blocker. H is the part of the response that needs no drug.
Who receives what is a mask on one shared grid of doses, so all people are carried side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.protocol import Protocol
from crossblock.exposure.blockade import BlockadeConstants, by_model, typical
from crossblock.exposure.course import agents
from crossblock.exposure.engine import grid_for
from crossblock.exposure.system import People, system
from crossblock.kernels import course as kc
from crossblock.kernels import grid as kg
from crossblock.kernels.backend import NUMPY, Backend
from crossblock.kernels.response import Odds, State, System, observe, resting
from crossblock.simulate.belief import Belief
from crossblock.simulate.cohort import Cohort, Draws
from crossblock.simulate.latent import Latent
from crossblock.simulate.pharmacology import MODIFIER, Pharmacology
from crossblock.simulate.world import World

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Begin = tuple[kc.Amounts, State]
SETTLED_H = 12.0  # after the drug; later visits may be early or late


@dataclass(frozen=True, kw_only=True, eq=False)
class Carried:
    """People side by side, (N,) each: constants that stay the same over periods."""

    people: People
    parameters: dict[str, Array]
    kd: Array


def latent(
    world: World,
    cohort: Cohort,
    condition: Ints,
    belief: Belief,
    draws: Draws,
    *,
    backend: Backend = NUMPY,
) -> Latent:
    """Return severity and dissociation at every visit; `condition` (B, n, P).

    The world must hold a pharmacology. Fewer periods than the protocol's may be asked for.
    """
    assert world.pharmacology is not None
    pharmacology = world.pharmacology
    B, n, P = condition.shape
    frame = _frame(world.protocol, pharmacology)
    who = _people(pharmacology, cohort, draws)
    a = agents(pharmacology.given, pharmacology.potency, who.people)
    begin: Begin | None = None
    severity, dissociation = [], []
    for p in range(P):
        amplitude = (cohort.drive * cohort.session[..., p]).ravel()
        mine = condition[..., p].ravel()
        system_p = _system(world, pharmacology, who, amplitude, mine)
        course = _course(world, frame, pharmacology, who, mine, belief.level[..., p].ravel())
        if begin is None or world.truth["carryover"] == 0.0:
            begin = (kc.nothing(a, B * n, np), resting(system_p, B * n, np))
        states, odds, begin = _run(system_p, a, course, frame.grid.seen, begin, backend)
        begin = _let_through(begin, system_p, world.truth["carryover"])
        R = _jittered(world, system_p, states, draws, p)
        share = who.parameters.get("dissociation_share", np.zeros(1))
        seen = observe(system_p, states, odds, share, np)
        severity.append(
            _severity(world, pharmacology, cohort, R, odds, belief, who, mine, p).reshape(B, n, -1)
        )
        points = world.truth["cadss_floor"] + who.kd * seen.dissociation[:-1]
        dissociation.append(points.T.reshape(B, n, -1))
    return Latent(severity=np.stack(severity, axis=2), dissociation=np.stack(dissociation, axis=2))


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """The grid of one period: from its first visit or dose to the same point of the next period."""

    grid: kg.Grid
    visit_h: Array


def _frame(protocol: Protocol, pharmacology: Pharmacology) -> Frame:
    visit_h = np.array([protocol.visit_h(v) for v in protocol.visit_ids])
    given = pharmacology.given
    starts = [d.start_h for d in (*given.drug_doses, *given.blocker_doses)]
    first = min([0.0, *starts, *visit_h])
    washout = protocol.design.washout
    end = first + washout.value.value if washout else float(visit_h.max())
    wanted = [first, *np.clip(visit_h, first, end), end]
    grid = grid_for(given, [float(t) for t in wanted])
    return Frame(grid=replace(grid, seen=grid.seen[1:]), visit_h=visit_h)


def _people(pharmacology: Pharmacology, cohort: Cohort, draws: Draws) -> Carried:
    """Return the constants of every person: kinetics, blocker, and the mechanism's own spreads."""
    m = pharmacology.mechanism
    weight = cohort.weight_kg.ravel()
    blockade: dict[str, BlockadeConstants] = {}
    given = pharmacology.given
    if given.blocker is not None and given.blocker_doses:
        model = by_model(given.blocker, given.blocker_doses)[0][0]
        cv = model.parameters["cv_odds"].value if "cv_odds" in model.parameters else 0.0
        spread = np.exp(np.sqrt(np.log1p(cv**2)) * draws.normal("blocker").ravel())
        blockade[model.id] = replace(typical(model), person=spread)
    parameters = {}
    for symbol, p in m.parameters.items():
        if p.cv and p.value and symbol not in ("amplitude", "kd"):
            z = draws.normal(f"mechanism/{symbol}").ravel()
            s = np.sqrt(np.log1p(p.cv**2))
            drawn = p.value * np.exp(s * z - 0.5 * s * s)
            parameters[symbol] = np.minimum(drawn, 1.0) if p.unit == "fraction" else drawn
    s = np.sqrt(np.log1p(m.parameter("kd").cv ** 2))
    kd = m["kd"] * np.exp(s * draws.normal("mechanism/kd").ravel() - 0.5 * s * s)
    people = People(
        count=weight.size,
        weight_kg=weight,
        factors={k: x.ravel() for k, x in cohort.factors.items()},
        blockade=blockade,
    )
    return Carried(people=people, parameters=parameters, kd=kd)


def _system(
    world: World, pharmacology: Pharmacology, who: Carried, amplitude: Array, condition: Ints
) -> System:
    """Return the kernel's parameters of one period; a prolonging drug slows the decay of R."""
    m = pharmacology.mechanism
    made = system(
        m,
        scale=pharmacology.scale,
        drug=pharmacology.potency,
        blocker=pharmacology.given.blocker,
        parameters={**who.parameters, "amplitude": amplitude},
    )
    prolonged = np.array(
        [
            any(a.compound and world.compounds[a.compound].kind == MODIFIER for a in given)
            for given in (world.protocol.given(c) for c in world.protocol.condition_ids)
        ]
    )
    slow = np.where(prolonged[condition], m["slowing"], 1.0)
    return made._replace(kR=made.kR / slow) if prolonged.any() else made


def _receives(world: World, role: str) -> list[tuple[Any, NDArray[np.bool_]]]:
    """Return (dose, conditions that give it (C,)) for every dose of a role."""
    return [
        (dose, np.array([a.id in c.administrations for c in world.protocol.conditions]))
        for a in world.protocol.administrations
        if a.role == role and a.compound and world.compounds[a.compound].kind != MODIFIER
        for dose in a.doses()
    ]


def _course(
    world: World,
    frame: Frame,
    pharmacology: Pharmacology,
    who: Carried,
    condition: Ints,
    level: Array,
) -> kc.Course:
    """Return what each person is given on the steps of the grid, by their condition."""
    grid = frame.grid
    middle = grid.start + 0.5 * grid.lengths[grid.which]
    weight = np.asarray(who.people.weight_kg)
    drugs, blockers = _receives(world, "drug"), _receives(world, "blocker")
    window = pharmacology.given.belief[0]
    spans = [(d.start_h, d.start_h + d.duration_h) for d, _ in drugs if d.duration_h > 0]
    rates = [d.mg(weight) / d.duration_h * c[condition] for d, c in drugs if d.duration_h > 0]
    active = np.array(
        [(middle > a) & (middle < b) for a, b in (*spans, (window.start_h, window.stop_h))]
    )
    distinct, regime = np.unique(active, axis=1, return_inverse=True)
    pushed = [(d, c) for d, c in drugs if d.duration_h == 0]
    at = sorted({d.start_h for d, _ in (*blockers, *pushed)})
    dose = np.zeros(grid.steps, dtype=np.int64)
    for row, t in enumerate(at, start=1):
        dose[np.argmin(np.abs(grid.start - t))] = row
    zero = np.zeros(weight.size)

    def entries(rows: list[tuple[Any, NDArray[np.bool_]]]) -> Array:
        amounts = [
            sum((d.mg(weight) * c[condition] for d, c in rows if d.start_h == t), start=zero)
            for t in at
        ]
        return np.stack([zero, *amounts])

    infusion = np.stack([sum((on * r for on, r in zip(g, rates)), start=zero) for g in distinct.T])
    return kc.Course(
        lengths=grid.lengths,
        which=grid.which,
        regime=regime.ravel().astype(np.int64),
        infusion=infusion,
        belief=distinct[-1][:, None] * level,
        agonist=np.zeros((distinct.shape[1], 1)),
        dose=dose,
        swallowed=entries(blockers),
        pushed=entries(pushed),
    )


@cache
def _compiled(backend: Backend) -> Callable[..., Any]:
    def run(p: System, a: kc.Agents, c: kc.Course, seen: Any, begin: Begin) -> Any:
        xp = backend.xp
        amounts, states = kc.follow(p, a, c, begin, backend)
        at = xp.maximum(seen - 1, 0)

        def gather(path: Any, first: Any) -> Any:
            return xp.where((seen == 0)[:, None], first, path[at])

        held = kc.Amounts(
            tuple(gather(y, b) for y, b in zip(amounts.y, begin[0].y)),
            gather(amounts.A, begin[0].A),
            gather(amounts.X, begin[0].X),
        )
        state = State(*(gather(s, b) for s, b in zip(states, begin[1])))
        regime = c.regime[at]
        odds = kc.odds_at(a, held, c.agonist[regime], c.belief[regime])
        return held, state, odds

    return backend.compile(run)


def _run(
    p: System, a: kc.Agents, c: kc.Course, seen: Ints, begin: Begin, backend: Backend
) -> tuple[State, Odds, Begin]:
    """Return states and odds at the wanted times, (k, N), and where the period ends."""
    with backend.precision():
        held, state, odds = _compiled(backend)(p, a, c, seen, begin)
        held, state, odds = (type(part)(*(_host(x) for x in part)) for part in (held, state, odds))
    last = (
        kc.Amounts(tuple(y[-1] for y in held.y), held.A[-1], held.X[-1]),
        State(*(s[-1] for s in state)),
    )
    return state, odds, last


def _host(x: Any) -> Any:
    return tuple(np.asarray(y) for y in x) if isinstance(x, tuple) else np.asarray(x)


def _let_through(begin: Begin, p: System, share: float) -> Begin:
    """Return the end of a period with only `share` of what it leaves behind."""
    if share == 1.0:
        return begin
    held, s = begin
    return (
        kc.Amounts(tuple(share * y for y in held.y), share * held.A, share * held.X),
        State(p.E0 + share * (s.E - p.E0), share * s.U, share * s.R, share * s.T, share * s.O),
    )


def _jittered(world: World, p: System, s: State, draws: Draws, period: int) -> Array:
    """Return R at visits that are early or late, (V, N): R + d (kU U - kR R)."""
    R, U = s.R[:-1], s.U[:-1]
    sd = world.truth["jitter_h"]
    if sd == 0.0:
        return np.asarray(R)
    hours = _hours_after_drug(world.protocol)
    V, P = len(hours), world.protocol.periods
    z = draws.normal("visit time", P * V).reshape(-1, P, V)[:, period].T
    late = np.clip(sd * z, *_windows(world.protocol)) * (hours >= SETTLED_H)[:, None]
    return np.asarray(np.maximum(R + late * (p.kU * U - p.kR * R), 0.0))


def _hours_after_drug(protocol: Protocol) -> Array:
    return np.array([protocol.visit_h(v) - protocol.drug_start_h for v in protocol.visit_ids])


def _windows(protocol: Protocol) -> tuple[Array, Array]:
    """Return how early and how late each visit may be, (V, 1) in h; half a day where not stated."""
    ends = [
        (
            v.window.value.earliest.value - v.time.value.value,
            v.window.value.latest.value - v.time.value.value,
        )
        if v.window
        else (-SETTLED_H, SETTLED_H)
        for v in protocol.visits
    ]
    low, high = np.array(ends).T
    return low[:, None], high[:, None]


def _severity(
    world: World,
    pharmacology: Pharmacology,
    cohort: Cohort,
    R: Array,
    odds: Odds,
    belief: Belief,
    who: Carried,
    condition: Ints,
    period: int,
) -> Array:
    """Return severity (N, V) in HAM-D17 points."""
    truth = world.truth
    hours = _hours_after_drug(world.protocol)
    after = (hours > 0).astype(float)[:, None]
    half_life = who.parameters.get(
        "half_life_R", np.atleast_1d(pharmacology.mechanism["half_life_R"])
    )
    fading = after * 0.5 ** (np.maximum(hours, 0.0)[:, None] / half_life)
    H = belief.fall[..., period].ravel() * fading
    base = cohort.baseline[..., period].ravel()
    held = odds.b_X[:-1] / (1.0 + odds.b_X[:-1])
    points = (
        truth["expectancy"] * belief.takes_for_blocked[..., period].ravel() * fading
        + truth["period_effect"] * period * after
        + truth["blocker_alone"] * held * after
    )
    return np.asarray((base * np.exp(-R - H) + points).T)

"""From a treatment to the five states at wanted times, on a grid whose error is measured.

Two ways to the same kernels: where the drug is infused or injected into a vein and the blocker is
one K-PD chain, both are carried as modes inside the scan (`kernels.course`); anything else
(nasal, metabolites, depot over tablet) is computed at the nodes by its own exact form first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.compound import Structure
from crossblock.domain.dose import Route
from crossblock.exposure.blockade import blockade_odds, by_model
from crossblock.exposure.course import agents, course, levels
from crossblock.exposure.plasma import plasma
from crossblock.exposure.system import People, Potency
from crossblock.exposure.treatment import Treatment
from crossblock.kernels import course as kc
from crossblock.kernels import grid as kg
from crossblock.kernels.backend import Backend
from crossblock.kernels.relaxation import NODES
from crossblock.kernels.response import Odds, State, System, respond, resting

Array = NDArray[np.float64]
SHARP, SOFT = 0.25, 1.0  # h, the first step after an infusion edge, and after any other edge
BLOCK = 504  # people in one pass: their tables stay near the processor, rows stay aligned
STEPS, LENGTHS = 16, 8  # grids are padded to multiples, so that like sizes share compiled code


@dataclass(frozen=True, kw_only=True, eq=False)
class Solved:
    """States and odds at the wanted times, each (k, people), and how many steps it took."""

    state: State
    odds: Odds
    steps: int


def grid_for(treatment: Treatment, times_h: Sequence[float]) -> kg.Grid:
    """Return the first grid of a treatment: every dose and window edge is a step end."""
    edges: dict[float, float] = {}
    end = max(times_h)
    for d in treatment.drug_doses:
        edges[d.start_h] = edges[d.start_h + d.duration_h] = SHARP
    for d in treatment.blocker_doses:
        edges.setdefault(d.start_h, SOFT)
    for window in (*treatment.belief, *treatment.agonist):
        edges.setdefault(window.start_h, SOFT)
        edges.setdefault(window.stop_h, SOFT)
    edges.setdefault(min([*edges, *times_h]), SOFT)
    return kg.build({t: first for t, first in edges.items() if t < end}, times_h)


def solve(
    p: System,
    treatment: Treatment,
    grid: kg.Grid,
    potency: Potency,
    people: People,
    backend: Backend,
) -> Solved:
    """Return states and odds at the grid's wanted times."""
    if modal(treatment):
        return _carried(p, treatment, grid, potency, people, backend)
    return _tabulated(p, treatment, grid, potency, people, backend)


def modal(treatment: Treatment) -> bool:
    """Tell whether drug and blocker can be carried as modes inside the scan."""
    kinetics, blocker = treatment.kinetics(), treatment.blocker
    veins = all(d.route is Route.IV for d in treatment.drug_doses)
    plain = kinetics is None or kinetics.structure is Structure.COMPARTMENTS
    if blocker is None or not treatment.blocker_doses:
        return veins and plain
    models = by_model(blocker, treatment.blocker_doses)
    return veins and plain and len(models) == 1 and models[0][0].parameters["g"].value == 1.0


@cache
def _follow(backend: Backend, whole: bool) -> Callable[..., Any]:
    """Return `follow` with the gathering of wanted rows, compiled once for each backend.

    Not `whole`, only plasticity R leaves, and a compiler drops the rest.
    """

    def run(p: System, a: kc.Agents, c: kc.Course, seen: Any, width: Any) -> Any:
        if not whole:
            return kc.plasticity(p, a, c, seen, width.shape[0], backend)
        return kc.watched(p, a, c, seen, width.shape[0], backend)

    return backend.compile(run)


def _blocks(
    p: System,
    treatment: Treatment,
    grid: kg.Grid,
    potency: Potency,
    people: People,
    backend: Backend,
    whole: bool,
) -> Iterator[Any]:
    """Yield what `_follow` returns for each block of people, on the host, real people only."""
    run = _follow(backend, whole)
    a, n = agents(treatment, potency, people), people.count
    if backend.name != "numpy":
        grid = kg.padded(
            grid, _rounded(grid.steps, STEPS), _rounded(len(grid.lengths) + 1, LENGTHS)
        )
    c = course(treatment, grid, people)
    size = BLOCK if n > BLOCK else n
    with backend.precision():
        for start in range(0, n, size):
            who = np.minimum(np.arange(start, start + size), n - 1)
            given = {f: _pick(getattr(c, f), who, n) for f in ("infusion", "swallowed", "pushed")}
            found = run(
                _picked(p, who, n),
                _picked(a, who, n),
                c._replace(**given),
                grid.seen,
                np.zeros(size),
            )
            count = min(size, n - start)
            yield _host(found, count) if whole else np.asarray(found)[:, :count]


def _rounded(n: int, to: int) -> int:
    return to * -(-n // to)


def _carried(
    p: System,
    treatment: Treatment,
    grid: kg.Grid,
    potency: Potency,
    people: People,
    backend: Backend,
) -> Solved:
    parts = list(_blocks(p, treatment, grid, potency, people, backend, whole=True))
    state = State(*(np.concatenate(x, axis=-1) for x in zip(*(s for s, _ in parts))))
    odds = Odds(*(np.concatenate(x, axis=-1) for x in zip(*(o for _, o in parts))))
    return Solved(state=state, odds=odds, steps=grid.steps)


def plasticity(
    p: System,
    treatment: Treatment,
    grid: kg.Grid,
    potency: Potency,
    people: People,
    backend: Backend,
) -> Array:
    """Return plasticity R alone at the grid's wanted times, (k, people), for very many people."""
    if not modal(treatment):
        return np.asarray(_tabulated(p, treatment, grid, potency, people, backend).state.R)
    parts: list[Array] = list(_blocks(p, treatment, grid, potency, people, backend, whole=False))
    return np.concatenate(parts, axis=-1)


def _pick(x: Array, who: NDArray[np.int64], n: int) -> Array:
    """Return the columns of some people; a column that all share stays as it is."""
    return x[..., who] if x.shape[-1] == n and n > 1 else x


def _picked(x: Any, who: NDArray[np.int64], n: int) -> Any:
    return type(x)(*(_pick(np.asarray(part), who, n) for part in x))


def _host(found: Any, count: int) -> tuple[State, Odds]:
    """Return arrays of the host, people broadcast and cut to the real ones."""
    state, odds = found
    shape = np.shape(state.R)

    def plain(x: Any) -> Array:
        return np.broadcast_to(np.asarray(x), shape)[..., :count]

    return State(*map(plain, state)), Odds(*map(plain, odds))


def _tabulated(
    p: System,
    treatment: Treatment,
    grid: kg.Grid,
    potency: Potency,
    people: People,
    backend: Backend,
) -> Solved:
    """Compute the odds at every node first, then carry the five states through them."""
    h = grid.lengths[grid.which]
    nodes = grid.start[:, None] + h[:, None] * np.asarray(NODES)
    ends = np.concatenate([grid.start[:1], grid.start + h])
    times = np.concatenate([nodes.ravel(), ends])
    b_N, b_K, b_X = _odds(treatment, times, potency, people)
    b_A, e = (levels(windows, grid) for windows in (treatment.agonist, treatment.belief))
    cut = nodes.size
    width = people.count

    def at_nodes(b: Array) -> Array:
        return np.broadcast_to(b[:cut].reshape(*nodes.shape, -1), (*nodes.shape, width))

    def at_ends(b: Array) -> Array:
        return np.broadcast_to(b[cut:], (ends.size, width))

    odds = Odds(at_nodes(b_N), at_nodes(b_K), at_nodes(b_X), b_A[:, None], e[:, None])
    with backend.precision():
        first = resting(p, width, backend.xp)
        path = respond(p, grid.lengths, grid.which, odds, first, backend)
    state = State(
        *(np.concatenate([np.asarray(b)[None], np.asarray(s)]) for s, b in zip(path, first))
    )
    last = np.maximum(grid.seen - 1, 0)
    return Solved(
        state=State(*(s[grid.seen] for s in state)),
        odds=Odds(
            at_ends(b_N)[grid.seen],
            at_ends(b_K)[grid.seen],
            at_ends(b_X)[grid.seen],
            np.broadcast_to(b_A[last][:, None], (last.size, width)),
            np.broadcast_to(e[last][:, None], (last.size, width)),
        ),
        steps=grid.steps,
    )


def _odds(
    treatment: Treatment, times: Array, potency: Potency, people: People
) -> tuple[Array, Array, Array]:
    """Return b_N, b_K and b_X at `times`, each (t, P) or (t, 1)."""
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    drug: Array = np.zeros((1, times.size))
    kinetics = treatment.kinetics()
    if treatment.drug is not None and kinetics is not None and treatment.drug_doses:
        level = plasma(
            treatment.drug,
            treatment.drug_doses,
            ordered,
            set_id=kinetics.id,
            weight_kg=people.weight_kg,
            factors=people.factors,
        )
        drug = np.atleast_2d(level.mg_per_l[kinetics.analyte])
    held: Array = np.zeros((1, times.size))
    if treatment.blocker is not None and treatment.blocker_doses:
        for model, doses in by_model(treatment.blocker, treatment.blocker_doses):
            b = people.constants(treatment.blocker, model.id)
            held = held + np.atleast_2d(blockade_odds(b, doses, ordered, people.weight_kg))
    back = np.argsort(order, kind="stable")
    C, b_X = drug[:, back].T, held[:, back].T
    return potency.nmda * C, potency.mu * C, b_X

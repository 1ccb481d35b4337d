"""From a treatment to the five states at wanted times, on a grid whose error is measured.

Two ways to the same kernels: where the drug is infused or injected into a vein and the blocker is
one K-PD chain, both are carried as modes inside the scan (`kernels.course`); anything else
(nasal, metabolites, depot over tablet) is computed at the nodes by its own exact form first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.compound import Structure
from crossblock.domain.dose import Dose, Route
from crossblock.exposure.blockade import blockade_odds, by_model
from crossblock.exposure.compartments import constants
from crossblock.exposure.plasma import plasma
from crossblock.exposure.system import LN2, People, Potency
from crossblock.exposure.treatment import Treatment, Window
from crossblock.kernels import course as kc
from crossblock.kernels import grid as kg
from crossblock.kernels.backend import Backend
from crossblock.kernels.kinetics import mammillary_modes
from crossblock.kernels.relaxation import NODES
from crossblock.kernels.response import Odds, State, System, respond, resting

Array = NDArray[np.float64]
SHARP, SOFT = 0.25, 1.0  # h, the first step after an infusion edge, and after any other edge
BLOCK = 500  # people in one pass: their tables stay near the processor
ROUND = 16  # steps are padded to multiples, so that grids of like size share compiled code


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
    drug, blocker = treatment.drug, treatment.blocker
    veins = all(d.route is Route.IV for d in treatment.drug_doses)
    plain = drug is None or drug.kinetic_set().structure is Structure.COMPARTMENTS
    if blocker is None or not treatment.blocker_doses:
        return veins and plain
    models = by_model(blocker, treatment.blocker_doses)
    return veins and plain and len(models) == 1 and models[0][0].parameters["g"].value == 1.0


def agents(treatment: Treatment, potency: Potency, people: People) -> kc.Agents:
    """Return the drug's modes and the blocker's chain, people last."""
    drug, blocker = treatment.drug, treatment.blocker
    if drug is None:
        rate, weight = np.ones((1, 1)), np.zeros((1, 1))
    else:
        c = constants(drug.kinetic_set(), np.asarray(people.weight_kg, dtype=float), people.factors)
        outer = [j for j in ("2", "3") if f"Q{j}" in c]
        V = np.stack(np.broadcast_arrays(c["V1"], *(c[f"V{j}"] for j in outer)), axis=-1)
        Q = np.stack(np.broadcast_arrays(*(c[f"Q{j}"] for j in outer)), axis=-1) if outer else None
        rate, weight = (np.atleast_2d(x).T for x in mammillary_modes(V, c["CL"], Q))
    ka, ke, ED50 = np.ones(1), np.ones(1), np.ones(1)
    if blocker is not None and treatment.blocker_doses:
        model = by_model(blocker, treatment.blocker_doses)[0][0]
        b = people.constants(blocker, model.id)
        heavy = np.asarray(people.weight_kg, dtype=float) if b.per_kg else 1.0
        ka, ke = np.atleast_1d(b.ka), np.atleast_1d(LN2 / b.half_life)
        ED50 = np.atleast_1d(b.ED50 * heavy / (b.person * b.dose_factor))
    return kc.Agents(rate, weight * potency.nmda, weight * potency.mu, ka, ke, ED50)


def course(treatment: Treatment, grid: kg.Grid, people: People) -> kc.Course:
    """Return what is given on the steps of `grid`: regimes and doses, people last."""
    middle = grid.start + 0.5 * grid.lengths[grid.which]
    infusions = [d for d in treatment.drug_doses if d.duration_h > 0]
    active = np.array(
        [
            *(_during(middle, d.start_h, d.start_h + d.duration_h) for d in infusions),
            *(_during(middle, w.start_h, w.stop_h) for w in treatment.belief),
            *(_during(middle, w.start_h, w.stop_h) for w in treatment.agonist),
            np.zeros(grid.steps),
        ]
    )
    distinct, regime = np.unique(active, axis=1, return_inverse=True)
    i, j = len(infusions), len(infusions) + len(treatment.belief)
    rates = [_mg(d, people) / d.duration_h for d in infusions]
    end = np.max(grid.start + grid.lengths[grid.which]) - kg.SAME
    swallowed = [d for d in treatment.blocker_doses if d.start_h < end]
    pushed = [d for d in treatment.drug_doses if d.duration_h == 0 and d.start_h < end]
    at = sorted({d.start_h for d in (*swallowed, *pushed)})
    dose = np.zeros(grid.steps, dtype=np.int64)
    for row, t in enumerate(at, start=1):
        dose[np.argmin(np.abs(grid.start - t))] = row
    return kc.Course(
        grid.lengths,
        grid.which,
        regime.ravel().astype(np.int64),
        _rows(distinct[:i].T, rates),
        distinct[i:j].T @ np.array([w.level for w in treatment.belief])[:, None],
        distinct[j:-1].T @ np.array([w.level for w in treatment.agonist])[:, None],
        dose,
        _entries(at, swallowed, people),
        _entries(at, pushed, people),
    )


def _during(t: Array, start: float, stop: float) -> Array:
    return ((t > start) & (t < stop)).astype(float)


def _mg(d: Dose, people: People) -> Array:
    return np.atleast_1d(np.asarray(d.mg(np.asarray(people.weight_kg, dtype=float)), dtype=float))


def _rows(on: Array, rates: Sequence[Array]) -> Array:
    """Return the summed rate of each regime: (g, infusions) and (infusions, P) to (g, P)."""
    if not rates:
        return np.zeros((on.shape[0], 1))
    return np.asarray(on @ np.stack(np.broadcast_arrays(*rates)))


def _entries(at: Sequence[float], doses: Sequence[Dose], people: People) -> Array:
    """Return the amount that enters at each dose time, row 0 nothing: (d, P) mg."""
    rows = [np.zeros(1)]
    for t in at:
        rows.append(sum((_mg(d, people) for d in doses if d.start_h == t), start=np.zeros(1)))
    return np.stack(np.broadcast_arrays(*rows)).astype(float)


@cache
def _follow(backend: Backend) -> Callable[..., Any]:
    """Return `follow` and the gathering of wanted rows, compiled once for each backend."""

    def run(p: System, a: kc.Agents, c: kc.Course, seen: Any, width: Any) -> Any:
        xp = backend.xp
        people = width.shape[0]
        first = (kc.nothing(a, people, xp), resting(p, people, xp))
        every = kc.follow(p, a, c, first, backend)
        index = xp.maximum(seen - 1, 0)

        def gather(path: Any, begin: Any) -> Any:
            rows = path[index]
            return xp.where((seen == 0)[:, None], begin, rows)

        amounts = kc.Amounts(
            tuple(gather(y, b) for y, b in zip(every[0].y, first[0].y)),
            gather(every[0].A, first[0].A),
            gather(every[0].X, first[0].X),
        )
        state = State(*(gather(s, b) for s, b in zip(every[1], first[1])))
        regime = c.regime[index]
        return state, kc.odds_at(a, amounts, c.agonist[regime], c.belief[regime])

    return backend.compile(run)


def _carried(
    p: System,
    treatment: Treatment,
    grid: kg.Grid,
    potency: Potency,
    people: People,
    backend: Backend,
) -> Solved:
    run = _follow(backend)
    a, n = agents(treatment, potency, people), people.count
    if backend.name != "numpy":
        whole = ROUND * -(-grid.steps // ROUND)
        grid = kg.padded(grid, whole, ROUND * -(-(len(grid.lengths) + 1) // ROUND))
    c = course(treatment, grid, people)
    size = min(BLOCK, n)
    parts = []
    with backend.precision():
        for start in range(0, n, size):
            who = np.minimum(np.arange(start, start + size), n - 1)
            found = run(
                _picked(p, who, n),
                _picked(a, who, n),
                c._replace(
                    infusion=_pick(c.infusion, who, n),
                    swallowed=_pick(c.swallowed, who, n),
                    pushed=_pick(c.pushed, who, n),
                ),
                grid.seen,
                np.zeros(size),
            )
            parts.append(_host(found, min(size, n - start)))
    state = State(*(np.concatenate(x, axis=-1) for x in zip(*(s for s, _ in parts))))
    odds = Odds(*(np.concatenate(x, axis=-1) for x in zip(*(o for _, o in parts))))
    return Solved(state=state, odds=odds, steps=grid.steps)


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
    b_A, e = (_levels(windows, grid) for windows in (treatment.agonist, treatment.belief))
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
    if treatment.drug is not None and treatment.drug_doses:
        level = plasma(
            treatment.drug,
            treatment.drug_doses,
            ordered,
            weight_kg=people.weight_kg,
            factors=people.factors,
        )
        analyte = treatment.drug.kinetic_set().analyte
        drug = np.atleast_2d(level.mg_per_l[analyte])
    held: Array = np.zeros((1, times.size))
    if treatment.blocker is not None and treatment.blocker_doses:
        for model, doses in by_model(treatment.blocker, treatment.blocker_doses):
            b = people.constants(treatment.blocker, model.id)
            held = held + np.atleast_2d(blockade_odds(b, doses, ordered, people.weight_kg))
    back = np.argsort(order, kind="stable")
    C, b_X = drug[:, back].T, held[:, back].T
    return potency.nmda * C, potency.mu * C, b_X


def _levels(windows: Sequence[Window], grid: kg.Grid) -> Array:
    """Return the summed level of the windows on each step, (n,)."""
    middle = grid.start + 0.5 * grid.lengths[grid.which]
    total: Array = np.zeros(grid.steps)
    for w in windows:
        total = total + w.level * _during(middle, w.start_h, w.stop_h)
    return total

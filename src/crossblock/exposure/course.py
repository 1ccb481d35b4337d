"""A treatment on a grid: drug modes, blocker chain, and what holds or enters at each step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.dose import Dose
from crossblock.exposure.blockade import by_model
from crossblock.exposure.compartments import constants
from crossblock.exposure.system import LN2, People, Potency
from crossblock.exposure.treatment import Treatment, Window
from crossblock.kernels import course as kc
from crossblock.kernels import grid as kg
from crossblock.kernels.kinetics import mammillary_modes

Array = NDArray[np.float64]


def agents(treatment: Treatment, potency: Potency, people: People) -> kc.Agents:
    """Return the drug's modes and the blocker's chain, people last."""
    kinetics, blocker = treatment.kinetics(), treatment.blocker
    if kinetics is None:
        rate, weight = np.ones((1, 1)), np.zeros((1, 1))
    else:
        c = constants(kinetics, np.asarray(people.weight_kg, dtype=float), people.factors)
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


def levels(windows: Sequence[Window], grid: kg.Grid) -> Array:
    """Return the summed level of the windows on each step, (n,)."""
    middle = grid.start + 0.5 * grid.lengths[grid.which]
    total: Array = np.zeros(grid.steps)
    for w in windows:
        total = total + w.level * _during(middle, w.start_h, w.stop_h)
    return total

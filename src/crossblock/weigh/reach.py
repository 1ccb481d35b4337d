"""Particles pushed through the population model: plasticity and glutamate for each regimen.

Plasticity is linear in the drives, so the model runs with drives of relative size 1, and is kept
relative to what the reference dose does to the particle's typical person:

    R = -ln(1 - fall) R_1 / R_1(reference dose, typical person)

so that `fall` can change without another run of the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import ConvergenceError, Problem
from crossblock.domain.compound import Compound
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.regimen import Regimen
from crossblock.exposure.effect import reference_treatment
from crossblock.exposure.engine import grid_for, solve
from crossblock.exposure.system import People, potency, system
from crossblock.exposure.treatment import Treatment, Window
from crossblock.kernels.backend import NUMPY, Backend
from crossblock.kernels.backend_jax import JAX
from crossblock.kernels.grid import halved
from crossblock.kernels.response import observe
from crossblock.weigh.particles import Particles
from crossblock.weigh.people import people

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Reach:
    """What each particle's people reach under each regimen.

    `relative` maps a regimen to plasticity (P, Q, looks) at amplitude 1, relative to the reference
    dose in the typical person; `glx` to the surge (P, Q) at the middle of the first infusion, 0 to
    1; `looks_h` to the times of its looks; `blocked` names the regimens with a blocker.
    """

    relative: Mapping[str, Array]
    glx: Mapping[str, Array]
    looks_h: Mapping[str, tuple[float, ...]]
    blocked: frozenset[str] = frozenset()

    def take(self, rows: NDArray[np.int64], regimens: Iterable[str] = ()) -> Reach:
        """Return the rows of some particles, for all regimens or the named ones."""
        kept = tuple(regimens) or tuple(self.relative)
        return Reach(
            relative={k: self.relative[k][rows] for k in kept},
            glx={k: self.glx[k][rows] for k in kept},
            looks_h={k: self.looks_h[k] for k in kept},
            blocked=self.blocked,
        )

    def at(self, regimen: str, time_h: float) -> Array | None:
        """Return relative plasticity (P, Q) at a time; None where the regimen is not looked at."""
        looks = self.looks_h[regimen]
        return self.relative[regimen][:, :, looks.index(time_h)] if time_h in looks else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """What is needed to push particles: compounds, the reference drug, node people."""

    reference: Compound
    compounds: Mapping[str, Compound]
    nodes: Array

    @property
    def blockers(self) -> dict[str, Compound]:
        return {k: c for k, c in self.compounds.items() if c.blockades}


MANY = 5000  # people from which a compiler pays
NO_SHARE = 1e-12  # of kappa and delta where a mechanism has none: all rivals share one program
GLX_H = 0.5  # h after the start of the infusion, when the published spectra were taken


def push(
    mechanism: Mechanism, particles: Particles, regimens: Sequence[Regimen], model: Model
) -> Reach:
    """Return what `particles` reach under `regimens`; `ConvergenceError` where one is no number."""
    who = people(mechanism, particles, model.reference, model.blockers, model.nodes)
    who = replace(who, parameters=_full(mechanism, who.parameters, who.count))
    typical = reference_plasticity(mechanism, particles, model)
    relative: dict[str, Array] = {}
    glx: dict[str, Array] = {}
    for regimen in regimens:
        R, glx[regimen.id] = _one(mechanism, particles, who, regimen, model)
        relative[regimen.id] = R / typical[:, None, None]
        if not np.isfinite(relative[regimen.id]).all():
            raise ConvergenceError(
                Problem(
                    what="the population model gives no number",
                    where=f"mechanism {mechanism.id}, regimen {regimen.id}",
                    why="a prior draw lies where the equations do not hold",
                    fix="narrow the prior of its rates, or report this as a defect",
                )
            )
    return Reach(
        relative=relative,
        glx=glx,
        looks_h={r.id: r.looks_h for r in regimens},
        blocked=frozenset(r.id for r in regimens if r.blocker),
    )


def backend(count: int) -> Backend:
    """Return the compiled backend for many people where it is installed, else NumPy."""
    return JAX if JAX is not None and count >= MANY else NUMPY


def _full(mechanism: Mechanism, values: Mapping[str, Array], count: int) -> dict[str, Array]:
    """Return every parameter by person, so that rivals differ in numbers and not in shapes."""
    full = {
        s: np.broadcast_to(values.get(s, np.full(1, p.value)), (count,))
        for s, p in mechanism.parameters.items()
        if s != "fall"
    }
    for share in ("kappa_share", "delta_share"):
        full[share] = np.maximum(full[share], NO_SHARE)
    return full


def reference_plasticity(mechanism: Mechanism, particles: Particles, model: Model) -> Array:
    """Return what the reference dose does to each particle's typical person, (P,)."""
    given = reference_treatment(mechanism, model.reference)
    typical = {
        s: v for s, v in particles.values.items() if s in mechanism.parameters and s != "fall"
    }
    typical = _full(mechanism, typical, particles.count)
    who = People(count=particles.count, parameters=typical)
    bound = potency(mechanism, model.reference)
    p = system(mechanism, scale=1.0, drug=bound, blocker=None, parameters=typical)
    grid = halved(grid_for(given, [mechanism.binding.reference_at_h]))
    on = backend(particles.count * len(model.nodes))
    return np.asarray(solve(p, given, grid, bound, who, on).state.R[0])


def treatment(mechanism: Mechanism, regimen: Regimen, model: Model) -> Treatment:
    """Return the regimen as the five-state system sees it."""
    hold = mechanism["belief_h"]
    return Treatment(
        drug=model.compounds[regimen.drug] if regimen.drug else None,
        drug_doses=regimen.drug_doses,
        blocker=model.compounds[regimen.blocker] if regimen.blocker else None,
        blocker_doses=regimen.blocker_doses,
        belief=tuple(Window(start_h=t, stop_h=t + hold) for t in regimen.believed_h),
        prolonged=regimen.prolonged,
    )


def _one(
    mechanism: Mechanism, particles: Particles, who: People, regimen: Regimen, model: Model
) -> tuple[Array, Array]:
    """Return plasticity (P, Q, looks) at drives of size 1, and the surge (P, Q)."""
    given = treatment(mechanism, regimen, model)
    bound = potency(mechanism, given.drug)
    p = system(
        mechanism,
        scale=1.0,
        drug=bound,
        blocker=given.blocker,
        parameters=who.parameters,
        prolonged=given.prolonged,
    )
    times = [GLX_H, *regimen.looks_h]
    found = solve(p, given, grid_for(given, times), bound, who, backend(who.count))
    shape = (particles.count, len(model.nodes))
    R = np.broadcast_to(found.state.R[1:], (len(regimen.looks_h), who.count))
    zero = np.zeros(1)
    seen = observe(p, found.state, found.odds, zero, np).glx[0]
    surge = np.broadcast_to(seen, (who.count,)).reshape(shape)
    return np.moveaxis(R.reshape(-1, *shape), 0, -1), surge

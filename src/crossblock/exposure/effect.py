"""Condition x people to effect: score, dissociation, glutamate, opioid signs, with their error.

The five states are solved on a grid and on the grid with every step halved; the difference is the
reported error, and the grid is refined until it is below the tolerance. A coarser grid once gave
an error of 15 % without a word: here no number leaves without its error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import ConvergenceError, InputError, Problem
from crossblock.domain.compound import Compound
from crossblock.domain.dose import Dose, Route
from crossblock.domain.mechanism import Mechanism
from crossblock.exposure.engine import Solved, grid_for, solve
from crossblock.exposure.system import People, Potency, potency, system
from crossblock.exposure.treatment import Treatment, Window
from crossblock.kernels.backend import NUMPY, Backend
from crossblock.kernels.grid import halved
from crossblock.kernels.link import (
    fall_capped,
    fall_exponential,
    needed_capped,
    needed_exponential,
)
from crossblock.kernels.response import System, observe

Array = NDArray[np.float64]
Link = Literal["exponential", "capped"]
TOLERANCE = 1e-4  # of the baseline score: 0.003 points of 28
MOST_HALVINGS = 6
TYPICAL = People()


@dataclass(frozen=True, kw_only=True, eq=False)
class Effect:
    """What one treatment does to people, each array (people, t) unless said.

    `times_h` (t,) from the treatment's origin. `fall`: share of the baseline score removed, by
    link; `glx`, `opioid_like`, `withdrawal`, `nmda`, `drug_mu`, `blocker_mu` 0 to 1 (withdrawal
    may pass 1); `dissociation` in CADSS points. `error` (people,): largest change of any share
    when every step is halved; `steps` taken and `halvings` needed. `assumed` is amber.
    """

    mechanism: str
    times_h: Array
    fall: Mapping[Link, Array]
    dissociation: Array
    glx: Array
    opioid_like: Array
    withdrawal: Array
    nmda: Array
    drug_mu: Array
    blocker_mu: Array
    error: Array
    steps: int
    halvings: int
    assumed: tuple[str, ...] = ()

    def score(self, baseline: float | Array, link: Link = "exponential") -> Array:
        """Return the score in points, (people, t), from `baseline` points () or (people, 1)."""
        return np.asarray(baseline * (1.0 - self.fall[link]))


def effect(
    mechanism: Mechanism,
    treatment: Treatment,
    times_h: Sequence[float],
    *,
    reference: Compound,
    people: People = TYPICAL,
    tolerance: float = TOLERANCE,
    backend: Backend = NUMPY,
) -> Effect:
    """Return what `treatment` does to `people` if `mechanism` is true.

    Inputs: `times_h` (t,) in h; `reference`, the compound whose reference dose sets the scale;
    `tolerance`, largest accepted error as a share of the baseline. Raises `ConvergenceError` when
    six halvings do not reach it, `CatalogError` for a drug that the family cannot explain.
    """
    times = [float(t) for t in times_h]
    _check(times)
    bound = potency(mechanism, treatment.drug)
    scale = drive_scales(mechanism, reference)
    p = system(
        mechanism,
        scale=scale["exponential"],
        drug=bound,
        blocker=treatment.blocker,
        parameters=people.parameters,
        prolonged=treatment.prolonged,
    )
    solved, error, halvings = _refined(p, treatment, times, bound, people, tolerance, backend)
    falls: dict[Link, Array] = {"exponential": fall_exponential(solved.state.R).T}
    if "capped" in scale:
        R = solved.state.R * (scale["capped"] / scale["exponential"])
        falls["capped"] = fall_capped(R, _value(mechanism, people, "Imax"), 1.0).T
    seen = observe(
        p, solved.state, solved.odds, _value(mechanism, people, "dissociation_share"), np
    )
    return Effect(
        mechanism=mechanism.id,
        times_h=np.asarray(times),
        fall=falls,
        dissociation=(_value(mechanism, people, "kd") * seen.dissociation).T,
        glx=seen.glx.T,
        opioid_like=seen.opioid_like.T,
        withdrawal=seen.withdrawal.T,
        nmda=seen.nmda.T,
        drug_mu=seen.mu_drug.T,
        blocker_mu=seen.mu_blocker.T,
        error=error,
        steps=solved.steps,
        halvings=halvings,
        assumed=(*mechanism.amber, *bound.assumed),
    )


def _value(mechanism: Mechanism, people: People, symbol: str) -> Array:
    return np.atleast_1d(np.asarray(people.parameters.get(symbol, mechanism[symbol])))


def _check(times: Sequence[float]) -> None:
    if not times or not np.all(np.isfinite(times)):
        raise InputError(
            Problem(
                what="no times, or a time that is not finite",
                value=str(list(times)[:5]),
                fix="give at least one time in h",
            )
        )


def _refined(
    p: System,
    treatment: Treatment,
    times: Sequence[float],
    bound: Potency,
    people: People,
    tolerance: float,
    backend: Backend,
) -> tuple[Solved, Array, int]:
    """Halve the grid until halving changes nothing that matters; return solution and error."""
    grid = grid_for(treatment, times)
    coarse = solve(p, treatment, grid, bound, people, backend)
    error = np.full(people.count, np.inf)
    for halvings in range(1, MOST_HALVINGS + 1):
        grid = halved(grid)
        fine = solve(p, treatment, grid, bound, people, backend)
        error = _difference(coarse, fine)
        _check_finite(error)
        if np.all(error <= tolerance):
            return fine, error, halvings
        coarse = fine
    raise ConvergenceError(
        Problem(
            what="the course could not be solved to the wanted tolerance",
            value=f"error {error.max():.1e} of the baseline, wanted {tolerance:.1e}",
            why="some parameter makes the drive change faster than the finest grid",
            fix="look for a rate or half-life far outside its usual range",
        )
    )


def _check_finite(error: Array) -> None:
    """Refuse a result that is not a number for somebody, and name the first such person."""
    bad = np.flatnonzero(~np.isfinite(error))
    if bad.size:
        raise InputError(
            Problem(
                what="the effect is not a number",
                where=f"person {bad[0] + 1} of {error.size}",
                why="a parameter, weight or dose of this person is not finite or not positive",
                fix="check the numbers of this person",
            )
        )


def _difference(coarse: Solved, fine: Solved) -> Array:
    """Return the largest change of score share, tolerance or opponent, by person."""
    changes = [
        fall_exponential(fine.state.R) - fall_exponential(coarse.state.R),
        fine.state.T - coarse.state.T,
        fine.state.O - coarse.state.O,
    ]
    return np.asarray(np.max(np.abs(np.stack(changes)), axis=(0, 1)))


def reference_treatment(mechanism: Mechanism, reference: Compound) -> Treatment:
    """Return the reference: the dose that sets the scale, believed, without a blocker."""
    b = mechanism.binding
    dose = Dose(
        start_h=0.0,
        amount=b.reference_mg_per_kg,
        route=Route.IV,
        duration_h=b.reference_h,
        per_kg=True,
    )
    belief = (Window(start_h=0.0, stop_h=mechanism["belief_h"]),)
    return Treatment(drug=reference, drug_doses=(dose,), belief=belief)


def drive_scales(mechanism: Mechanism, reference: Compound) -> dict[Link, float]:
    """Return the common factor of aG, aK and aR in 1/h under each link that can hold.

    R is linear in the drives, so the factor is R_needed / R_1: the plasticity that removes the
    share `fall`, over that of the reference dose at drives of relative size 1, for the typical
    person. The capped link is left out where `fall` is not below its cap. Raises `InputError` when
    a mechanism has no drive.
    """
    bound = potency(mechanism, reference)
    given = reference_treatment(mechanism, reference)
    p = system(mechanism.with_values(amplitude=1.0), scale=1.0, drug=bound, blocker=None)
    grid = halved(grid_for(given, [mechanism.binding.reference_at_h]))
    R1 = float(solve(p, given, grid, bound, TYPICAL, NUMPY).state.R[0, 0])
    fall, Imax = mechanism["fall"], mechanism["Imax"]
    if not (R1 > 0.0 and 0.0 < fall < 1.0):
        raise InputError(
            Problem(
                what="the reference dose cannot produce the wanted fall",
                where=f"mechanism {mechanism.id}",
                value=f"fall {fall:g}, plasticity at unit drive {R1:g}",
                why="a mechanism needs a drive, and a fall lies between 0 and 1",
                fix="open one of aG, aK, aR, or correct the fall",
            )
        )
    found: dict[Link, float] = {"exponential": float(needed_exponential(fall)) / R1}
    if fall < Imax:
        found["capped"] = float(needed_capped(fall, Imax, 1.0)) / R1
    return found


def without_drug(treatment: Treatment) -> Treatment:
    """Return the treatment with the drug replaced by its placebo: belief stays.

    Its doses stay on the clock with amount 0, so that both arms share one grid to the last bit.
    """
    return replace(treatment, drug_doses=_placebo(treatment.drug_doses))


def without_blocker(treatment: Treatment) -> Treatment:
    """Return the treatment with the blocker replaced by its placebo."""
    return replace(treatment, blocker_doses=_placebo(treatment.blocker_doses))


def _placebo(doses: tuple[Dose, ...]) -> tuple[Dose, ...]:
    return tuple(replace(d, amount=0.0) for d in doses)

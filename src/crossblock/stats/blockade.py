"""The blockade fraction: the share of a drug's effect that blocking the receptor removes.

With cell means K (drug), KN (drug and blocker), N (blocker alone) and P (neither), as change on one
scale,

    f = 1 - (KN - N) / (K - P) = 1 - a / d

The three-cell form has no blocker-alone cell and takes N = P; the two-cell form also takes P = 0
(no change without drug). The Fieller set of rho = a / d at level 1 - alpha is every rho with

    (a - rho d)^2 <= t^2 (v_aa - 2 rho v_ad + rho^2 v_dd),   t = t(df, 1 - alpha/2)

It is an interval when d differs from 0 at this level, else it is unbounded: the outside of an
interval, or the whole line. An unbounded set is "uninformative" and is never cut.
Sources: Fieller 1954, J R Stat Soc B 16:175; derivation in docs/derivations/blockade.md.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from crossblock.core.errors import DesignError, Problem
from crossblock.domain.blockade import BlockadeFraction, CellMeans, FiellerSet, Form
from crossblock.domain.result import Estimate, Method, Reference

Floats = NDArray[np.float64]
CELLS = ("open", "blocked", "blocker_alone", "no_drug")  # K, KN, N, P

FIELLER = Method(
    name="blockade fraction",
    sentence=(
        "The blockade fraction, the share of the drug effect that the blocker removed, was "
        "estimated as one minus the ratio of the blocked to the open effect, with the Fieller set "
        "as its interval; an unbounded set is reported as uninformative."
    ),
    references=(
        Reference(
            key="fieller1954",
            text="Fieller EC. Some problems in interval estimation. J R Stat Soc B 1954;16:175.",
            doi="10.1111/j.2517-6161.1954.tb00159.x",
        ),
    ),
)


def fieller(a: float, d: float, v_aa: float, v_ad: float, v_dd: float, t: float) -> FiellerSet:
    """Return the Fieller set of a / d at critical value `t`."""
    A = d * d - t * t * v_dd
    B = a * d - t * t * v_ad
    C = a * a - t * t * v_aa
    disc = B * B - A * C
    if A > 0:
        root = math.sqrt(max(disc, 0.0))
        return FiellerSet(bounded=True, lower=(B - root) / A, upper=(B + root) / A)
    if disc <= 0 or A == 0:
        return FiellerSet(bounded=False, lower=math.inf, upper=-math.inf)
    root = math.sqrt(disc)
    # A < 0: the parabola opens downward, so the set is outside the two roots
    return FiellerSet(bounded=False, lower=(B + root) / A, upper=(B - root) / A)


def form_of(cells: tuple[str, ...]) -> Form:
    """Return the form that the observed cells allow; `DesignError` without K and KN."""
    if not {"open", "blocked"} <= set(cells):
        raise DesignError(
            Problem(
                what="the blockade fraction needs the drug with and without the blocker",
                value=", ".join(cells) or "no cell",
                fix="a design without a blocked condition shows the drug's effect only",
            )
        )
    if set(CELLS) <= set(cells):
        return Form.FOUR
    return Form.THREE if "no_drug" in cells else Form.TWO


def contrasts(cells: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Return the weights of the blocked effect a and the open effect d over `cells`."""
    form = form_of(cells)
    a, d = np.zeros(len(cells)), np.zeros(len(cells))
    a[cells.index("blocked")] = 1.0
    d[cells.index("open")] = 1.0
    if form is not Form.TWO:
        d[cells.index("no_drug")] = -1.0
        a[cells.index("blocker_alone" if form is Form.FOUR else "no_drug")] = -1.0
    return a, d


def blockade_fraction(
    means: CellMeans,
    *,
    level: float = 0.95,
    occupancy: float | None = None,
    shifts: tuple[float, ...] = (-4.0, -2.0, 0.0, 2.0, 4.0),
) -> BlockadeFraction:
    """Return f = 1 - a/d with its Fieller set.

    `occupancy` (0 to 1] is the share of receptors the blocker reached; stated, the fraction at full
    block f / occupancy is given beside f (linear in occupancy: an assumption).
    Raises `DesignError` when the open effect is exactly 0 or a cell is missing.
    """
    wa, wd = contrasts(means.cells)
    a, d = float(wa @ means.mean), float(wd @ means.mean)
    if d == 0.0:
        raise DesignError(
            Problem(
                what="the drug effect is exactly zero, so no share of it can be blocked",
                fix="look at the open condition first; was the drug given?",
            )
        )
    V = means.covariance
    v_aa, v_ad, v_dd = (float(x @ V @ y) for x, y in ((wa, wa), (wa, wd), (wd, wd)))
    t = float(stdtrit(means.df, 0.5 + level / 2.0))
    rho = a / d
    se = math.sqrt(max(v_aa - 2 * rho * v_ad + rho**2 * v_dd, 0.0)) / abs(d)
    found = fieller(a, d, v_aa, v_ad, v_dd, t)
    estimate = _estimate(1.0 - rho, se, found, means, level)
    return BlockadeFraction(
        estimate=estimate,
        form=form_of(means.cells),
        fieller=found,
        uninformative=not found.bounded,
        open_effect=d,
        blocked_effect=a,
        sensitivity={s: 1.0 - (a - s) / d for s in shifts},
        corrected=None if occupancy is None else _at_full_block(estimate, occupancy),
    )


def _estimate(f: float, se: float, found: FiellerSet, means: CellMeans, level: float) -> Estimate:
    lower, upper = (
        (1.0 - found.upper, 1.0 - found.lower) if found.bounded else (-math.inf, math.inf)
    )
    warnings = (
        ()
        if found.bounded
        else (
            "the drug effect is too uncertain: the interval of the blockade fraction is unbounded",
        )
    )
    return Estimate(
        label="blockade fraction",
        value=f,
        se=se,
        df=means.df,
        lower=lower,
        upper=upper,
        level=level,
        unit="fraction",
        n=means.n,
        model=str(form_of(means.cells)),
        method=FIELLER,
        warnings=warnings,
    )


def _at_full_block(estimate: Estimate, occupancy: float) -> Estimate:
    if not 0.0 < occupancy <= 1.0:
        raise DesignError(
            Problem(
                what="the occupancy of the blocker is a share above 0 and at most 1",
                value=str(occupancy),
                fix="write 0.88 for 88 %",
            )
        )
    return Estimate(
        label=f"blockade fraction at full block ({100 * occupancy:.0f} % reached; linear: assumed)",
        value=estimate.value / occupancy,
        se=None if estimate.se is None else estimate.se / occupancy,
        df=estimate.df,
        lower=estimate.lower / occupancy,
        upper=estimate.upper / occupancy,
        level=estimate.level,
        unit="fraction",
        n=estimate.n,
        model=estimate.model,
        method=estimate.method,
        warnings=estimate.warnings,
    )

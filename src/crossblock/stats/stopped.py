"""Estimates after a group-sequential trial has stopped.

A trial that stops because its result is large reports, on average, too large a result.  The
stage-wise ordering (earlier stops beyond the bound rank above later ones) gives a p value, a
median-unbiased estimate and an interval that allow for the looks; repeated confidence intervals
hold at every look whether or not the trial stopped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from crossblock.core.errors import ConvergenceError, InputError, Problem
from crossblock.domain.result import Estimate, Method, Reference
from crossblock.kernels import boundary as kernel
from crossblock.stats.sequential import JENNISON_TURNBULL, Boundary, Shape, bounds

TSIATIS = Reference(
    key="tsiatis1984",
    text="Tsiatis AA, Rosner GL, Mehta CR. Exact confidence intervals following a group sequential "
    "test. Biometrics 1984;40:797-803.",
    doi="10.2307/2530924",
)
JENNISON_RCI = Reference(
    key="jennison1989",
    text="Jennison C, Turnbull BW. Interim analyses: the repeated confidence interval approach. "
    "Journal of the Royal Statistical Society B 1989;51:305-334.",
    doi="10.1111/j.2517-6161.1989.tb01433.x",
)
WHITEHEAD = Reference(
    key="whitehead1992",
    text="Whitehead J. Overrunning and underrunning in sequential clinical trials. Controlled "
    "Clinical Trials 1992;13:106-121.",
    doi="10.1016/0197-2456(92)90017-T",
)

#: How the variance's own uncertainty enters the final interval.
Frame = Literal["t", "normal"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """Where a trial stopped: the look (from 1), the plain estimate, its standard error and df."""

    look: int
    estimate: float
    se: float
    df: float = math.inf

    def __post_init__(self) -> None:
        if not (math.isfinite(self.estimate) and math.isfinite(self.se) and self.se > 0):
            raise InputError(
                Problem(
                    what="the estimate at the look needs a finite value and a positive "
                    "standard error",
                    value=f"estimate {self.estimate}, standard error {self.se}",
                    why="without a spread there is no statistic to hold against a bound",
                    fix="check the ratings for a participant group whose scores are all equal",
                )
            )

    @property
    def p(self) -> float:
        """One-sided fixed-sample p."""
        return float(stdtr(self.df, -self.estimate / self.se))

    @property
    def z(self) -> float:
        """The normal deviate with the same one-sided p as the t statistic."""
        return _z_of_t(self.estimate / self.se, self.df)


def _z_of_t(t: float, df: float) -> float:
    # The smaller tail keeps its digits; 1 - p would not.
    tail = float(ndtri(stdtr(df, -abs(t))))
    return math.copysign(tail, t) if t else 0.0


def _t_of_z(z: float, df: float) -> float:
    return math.copysign(float(stdtrit(df, ndtr(-abs(z)))), z) if z else 0.0


def check_look(boundary: Boundary, look: int) -> None:
    """Raise `InputError` unless `look` is one of the boundary's looks, counted from 1."""
    if not 1 <= look <= boundary.looks:
        raise InputError(
            Problem(
                what=f"there is no look {look}",
                why=f"this boundary has {boundary.looks} looks, counted from 1",
                fix="give the look at which the trial stopped",
            )
        )


def stagewise_p(boundary: Boundary, look: int, z: float, drift: float = 0.0) -> float:
    """Return P(an outcome at least as favorable as stopping at `look` with Z = z), 0 to 1.

    Stage-wise ordering: any earlier upper exit ranks above, any earlier lower exit below.  `drift`
    is E[Z] at information fraction 1.
    """
    check_look(boundary, look)
    running, above, below = kernel.start(), 0.0, 0.0
    for k in range(look - 1):
        info, low, up = boundary.information[k], boundary.futility[k], boundary.efficacy[k]
        above += kernel.exit_above(running, info, up, drift)
        below += kernel.exit_below(running, info, low, drift)
        running = kernel.advance(running, info, low, up, drift)
    info = boundary.information[look - 1]
    if z <= boundary.futility[look - 1]:
        return 1.0 - below - kernel.exit_below(running, info, z, drift)
    return above + kernel.exit_above(running, info, z, drift)


def _tail(boundary: Boundary, stop: Stop, effect: float, frame: Frame) -> float:
    """Return the stage-wise upper tail of the stopped result if the true effect is `effect`."""
    unit = stop.se * math.sqrt(boundary.information[stop.look - 1])
    if frame == "normal":
        # The convention of the reference program: the first look is a plain normal interval.
        z = stop.estimate / stop.se if stop.look == 1 else stop.z
    else:
        z = effect / stop.se + _z_of_t((stop.estimate - effect) / stop.se, stop.df)
    return stagewise_p(boundary, stop.look, z, effect / unit)


def _effect_at(boundary: Boundary, stop: Stop, tail: float, frame: Frame) -> float:
    reach = 8.0 * stop.se * (1 + 4 / min(stop.df, 1e6)) + abs(stop.estimate)
    for _ in range(6):
        low, high = stop.estimate - reach, stop.estimate + reach
        if _tail(boundary, stop, low, frame) < tail < _tail(boundary, stop, high, frame):
            return float(
                brentq(
                    lambda d: _tail(boundary, stop, d, frame) - tail,
                    low,
                    high,
                    xtol=1e-9 * stop.se,
                )
            )
        reach *= 2
    raise ConvergenceError(
        Problem(
            what="the interval after stopping has no finite end",
            value=f"look {stop.look}, estimate {stop.estimate:g}, standard error {stop.se:g}",
            why="the tail probability does not reach the level for any effect near the estimate",
            fix="report the repeated confidence interval instead",
        )
    )


def final_estimate(
    boundary: Boundary,
    stop: Stop,
    *,
    level: float = 0.95,
    frame: Frame = "t",
    label: str = "difference",
    unit: str = "points",
    n: int = 0,
) -> Estimate:
    """Return the median-unbiased estimate, its interval and the stage-wise one-sided p.

    With E[Z_j] = effect sqrt(I_j / I_k) / se, the upper tail p(effect) of the stopped result is
    solved for 1/2 and (1 -+ level)/2.  Frame "t" shifts the data by the effect and reads the rest
    as a t statistic, so that one look gives the ordinary t interval; frame "normal" reads the
    standard error as known (the convention of the stored reference numbers).
    Tsiatis, Rosner and Mehta (1984).
    """
    check_look(boundary, stop.look)
    alpha = (1 - level) / 2
    middle, low, high = (_effect_at(boundary, stop, q, frame) for q in (0.5, alpha, 1 - alpha))
    return Estimate(
        label=label,
        value=middle,
        se=stop.se,
        df=stop.df,
        statistic=stop.z,
        p=stagewise_p(boundary, stop.look, stop.z),
        lower=low,
        upper=high,
        level=level,
        unit=unit,
        n=n,
        model=f"stage-wise ordering, stopped at look {stop.look} of {boundary.looks}",
        method=Method(
            name="median-unbiased estimate",
            sentence="The estimate, its interval and its one-sided p were adjusted for the looks "
            "by the stage-wise ordering of outcomes.",
            references=(TSIATIS, JENNISON_TURNBULL),
        ),
        info={"unadjusted": stop.estimate, "shrunk_by": stop.estimate - middle},
    )


def repeated_interval(
    boundary: Boundary,
    stop: Stop,
    *,
    label: str = "difference",
    unit: str = "points",
    n: int = 0,
) -> Estimate:
    """Return the repeated confidence interval and repeated one-sided p at a look.

    estimate -+ t(c_k) se, where t(c_k) has the one-sided p of the bound c_k at `stop.df` degrees of
    freedom.  Its level is 1 - 2 alpha for a one-sided boundary.  Jennison and Turnbull (1989).
    """
    check_look(boundary, stop.look)
    critical = _t_of_z(boundary.efficacy[stop.look - 1], stop.df)
    return Estimate(
        label=label,
        value=stop.estimate,
        se=stop.se,
        df=stop.df,
        statistic=stop.estimate / stop.se,
        p=repeated_p(boundary, stop),
        lower=stop.estimate - critical * stop.se,
        upper=stop.estimate + critical * stop.se,
        level=1 - boundary.rule.alpha * (2 if boundary.sides == 1 else 1),
        unit=unit,
        n=n,
        model=f"repeated confidence interval, look {stop.look} of {boundary.looks}",
        method=Method(
            name="repeated confidence interval",
            sentence="Repeated confidence intervals hold their level at all looks together, "
            "whether or not the trial stops.",
            references=(JENNISON_RCI,),
        ),
    )


def repeated_p(boundary: Boundary, stop: Stop) -> float:
    """Return the smallest alpha at which the same rule would have stopped at this look, 0 to 1/2.

    One-sided; a result against the expected direction is given 1/2.
    """
    t = boundary.information[: stop.look]
    z, sides = stop.z, boundary.sides
    if z <= 0:
        return 0.5

    def lack(log_alpha: float) -> float:
        alpha = math.exp(log_alpha)
        rule = boundary.rule
        other = Shape(delta=rule.delta, alpha=alpha) if isinstance(rule, Shape) else rule.at(alpha)
        whole = boundary.information if isinstance(rule, Shape) else t
        return bounds(other, whole, sides=sides).efficacy[stop.look - 1] - z

    low, high = math.log(1e-12), math.log(0.499 * sides)
    if lack(high) > 0:
        return 0.5
    if lack(low) < 0:
        return 1e-12 / sides
    return math.exp(float(brentq(lack, low, high, xtol=1e-8))) / sides


def with_overrun(boundary: Boundary, look: int, information: float) -> Boundary:
    """Return the boundary for the analysis after people mid-crossover have finished.

    Deletion method: the look that stopped the trial is replaced by one at the information finally
    reached, and the result is read there.  Whitehead (1992).
    """
    check_look(boundary, look)
    before = boundary.information[: look - 1]
    if information < boundary.information[look - 1]:
        raise InputError(
            Problem(
                what="the overrun has less information than the look that stopped the trial",
                value=str(information),
                fix="count all completed pairs, those at the look included",
            )
        )
    return Boundary(
        rule=boundary.rule,
        sides=boundary.sides,
        information=(*before, information),
        efficacy=boundary.efficacy[:look],
        futility=boundary.futility[:look],
        alpha_spent=boundary.alpha_spent[:look],
        binding=boundary.binding,
        method=Method(
            name=boundary.method.name,
            sentence=f"{boundary.method.sentence} People mid-crossover at the stop were added by "
            "the deletion method.",
            references=(*boundary.method.references, WHITEHEAD),
        ),
    )


def naive_exaggeration(boundary: Boundary, drift: float) -> np.ndarray:
    """Return E[estimate | stopped for efficacy at look k] / truth, shape (looks,); NaN-free.

    A look that cannot stop the trial is given 1.  `drift` is the true E[Z] at fraction 1 and must
    not be 0.
    """
    if drift == 0:
        raise InputError("the exaggeration is a ratio to the true effect, which must not be 0")
    running, ratio = kernel.start(), np.ones(boundary.looks)
    for k, (info, up) in enumerate(zip(boundary.information, boundary.efficacy, strict=True)):
        beyond = kernel.advance(running, info, up, math.inf, drift)
        stopped = float(beyond.mass.sum())
        if stopped > 1e-12:
            mean_z = float(beyond.nodes @ beyond.mass) / stopped
            ratio[k] = mean_z / (drift * math.sqrt(info))
        running = kernel.advance(running, info, boundary.futility[k], up, drift)
    return ratio

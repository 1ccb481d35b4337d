"""What would tell two rivals apart: the observable on which their predictions differ most.

For every pair that the evidence does not part, each candidate measurement is predicted under both,
and its distance is set against what one study of usual size cannot see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.odds import Parted, Separation
from crossblock.weigh.compare import LABELS
from crossblock.weigh.posterior import Posterior

Array = NDArray[np.float64]
PEOPLE = 26  # completers of the candidate studies: as many as the largest blockade crossover
DAY_1 = 24.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A measurement: what is observed, in which design, and its sampling SD for `PEOPLE`."""

    observable: str
    design: str
    value: Callable[[Posterior], Array]
    noise: float


def _fall(p: Posterior, regimen: str) -> Array:
    """Return the mean share of the baseline lost on day 1, (N,), drug and belief alone."""
    R = p.rival.reach.at(regimen, DAY_1)
    assert R is not None
    size = -np.log1p(-p.rival.particles["fall"])[:, None]
    return np.asarray(-np.expm1(-size * R).mean(axis=1))


def _blocked(regimen: str) -> Callable[[Posterior], Array]:
    return lambda p: 1.0 - _fall(p, regimen) / _fall(p, "ketamine")


def _glx_left(p: Posterior) -> Array:
    open_, blocked = (
        p.rival.reach.glx[r].mean(axis=1) for r in ("ketamine", "ketamine-naltrexone")
    )
    return np.asarray(blocked / open_)


def candidates() -> tuple[Candidate, ...]:
    """Return the measurements that are tried. Noise: SD of one study's estimate, assumed."""
    return (
        Candidate(
            observable="share of the mood effect that naltrexone 50 mg removes, everybody analyzed",
            design="crossover, ketamine after naltrexone or placebo",
            value=_blocked("ketamine-naltrexone"),
            noise=0.13,
        ),
        Candidate(
            observable="glutamate response left under naltrexone (Glx during the infusion)",
            design="crossover in the scanner, ketamine after naltrexone or placebo",
            value=_glx_left,
            noise=0.20,
        ),
        Candidate(
            observable="fall after an infusion without ketamine that is believed to be ketamine",
            design="four conditions: ketamine or placebo infusion, after naltrexone or placebo",
            value=lambda p: _fall(p, "placebo"),
            noise=0.05,
        ),
        Candidate(
            observable="how much of the fall after a placebo infusion naltrexone removes",
            design="four conditions: ketamine or placebo infusion, after naltrexone or placebo",
            value=lambda p: _fall(p, "placebo") - _fall(p, "placebo-naltrexone"),
            noise=0.05,
        ),
        Candidate(
            observable="effect removed by naltrexone 150 mg beyond what 50 mg removes",
            design="three conditions: ketamine after naltrexone 0, 50 or 150 mg",
            value=lambda p: (
                _blocked("ketamine-naltrexone-150")(p) - _blocked("ketamine-naltrexone")(p)
            ),
            noise=0.13,
        ),
    )


def separations(found: Mapping[str, Posterior], pairs: Iterable[Parted]) -> tuple[Separation, ...]:
    """Return, for each pair that is not told apart, its best candidate first, then the others."""
    out: list[Separation] = []
    for pair in pairs:
        if not pair.told_apart:
            ranked = [_apart(found, pair, c) for c in candidates()]
            out += sorted(ranked, key=lambda s: -s.apart)
    return tuple(out)


def _apart(found: Mapping[str, Posterior], pair: Parted, c: Candidate) -> Separation:
    (m1, v1), (m2, v2) = (_moments(found, label, c) for label in (pair.first, pair.second))
    spread = np.sqrt(0.5 * (v1 + v2) + c.noise**2)
    return Separation(
        first=pair.first,
        second=pair.second,
        observable=c.observable,
        design=c.design,
        people=PEOPLE,
        first_value=m1,
        second_value=m2,
        apart=float(abs(m1 - m2) / spread),
    )


def _moments(found: Mapping[str, Posterior], label: str, c: Candidate) -> tuple[float, float]:
    """Return mean and variance of a measurement under a label, its variants weighed alike."""
    means, squares = [], []
    for id in LABELS[label]:
        if id in found:
            x = c.value(found[id])
            means.append(found[id].mean(x))
            squares.append(found[id].mean(x * x))
    mean = float(np.mean(means))
    return mean, max(float(np.mean(squares)) - mean * mean, 0.0)

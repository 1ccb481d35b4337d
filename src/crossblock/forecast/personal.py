"""One person as a model: a few unknowns, a course through the sessions, the chance of the ratings.

Unknowns are standard normals. Given them the course is fixed (`kernels.adaptation`), and what is
left is linear and Gaussian: slow ups and downs x of severity and the error of a rating,

    score = m(t) (1 + x(t)) + e,  x' = r x + sqrt(1 - r^2) sd z,  e ~ N(0, rating sd^2)

so a Kalman filter gives the exact chance of ratings at any days, in any number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri

from crossblock.domain.adaptation import Adaptation
from crossblock.domain.history import DAY, History
from crossblock.domain.mechanism import LN2
from crossblock.kernels.adaptation import Decays, Pulse, Slowness, between, decays, fresh, session
from crossblock.kernels.kinetics import divided_decay
from crossblock.kernels.link import fall_capped, needed_capped

Array = NDArray[np.float64]
Words = NDArray[np.str_]
STABLE, ILLNESS, CEILING, TOLERANCE = "stable", "illness", "ceiling", "tolerance"
STORIES = (STABLE, ILLNESS, CEILING, TOLERANCE)
NAMES = ("drive", "half_life_R", "care", "reach", "baseline", "fast", "when", "size")
REACH_SD, CEILING_SD = 0.5, 0.8  # logit, between people and in the constant together
HALF_LIFE_SD = 0.42  # log, between people (0.3) and in the constant (0.3)


@dataclass(frozen=True, kw_only=True, eq=False)
class Personal:
    """The unknowns of `n` draws of one person, each (n,).

    `onset_h` when the illness worsens (infinite: never) by the share `growth`; `p` the slow
    constants; `scale` the plasticity that a reference session adds.
    """

    baseline: Array
    care: Array
    cap: Array
    scale: Array
    onset_h: Array
    growth: Array
    p: Slowness


@dataclass(frozen=True, kw_only=True, slots=True)
class Dosed:
    """One session as this person's course sees it: start in h, and size in reference sessions."""

    start_h: float
    size: float


def drawn(
    z: Array, story: Words, history: History, adaptation: Adaptation, end_h: float
) -> Personal:
    """Return the unknowns at standard normals `z` (n, 8) under the story of each draw (n,).

    drive is the mixture of responders and others by its quantile; a worsening comes at any moment
    up to `end_h` alike.
    """
    a = {k: z[:, i] for i, k in enumerate(NAMES)}
    limited, less = story == CEILING, story == TOLERANCE
    worsens = limited | (story == ILLNESS)
    middle = np.where(limited, adaptation["ceiling"], adaptation["reach"])
    cap = expit(logit(middle) + np.where(limited, CEILING_SD, REACH_SD) * a["reach"])
    fall = adaptation["fall"]
    kU, kR = adaptation.rate("U"), adaptation.rate("R")
    day_1 = float(kU * divided_decay(kU, kR, DAY))
    tolerance = np.where(less, adaptation["a_A"] * np.exp(1.0 * a["size"]), 0.0)
    error = adaptation["rating_sd"] * _scale(history)
    return Personal(
        baseline=(history.baseline or 0.0) + error * a["baseline"],
        care=1.0 - np.exp(-adaptation["care"] * np.exp(0.83 * a["care"])),
        cap=cap,
        scale=_drive(a["drive"], adaptation)
        * needed_capped(fall, np.maximum(cap, fall + 0.1), 1.0)
        / day_1,
        onset_h=np.where(worsens, end_h * ndtr(a["when"]), np.inf),
        growth=np.where(worsens, adaptation["growth"] * np.exp(0.7 * a["size"]), 0.0),
        p=_slowness(a, adaptation, np.where(less, 1.0 / np.where(less, tolerance, 1.0), np.inf)),
    )


def _scale(history: History) -> float:
    """Return the range of the instrument relative to MADRS, for the size of rating errors."""
    return (history.highest - history.lowest) / 60.0


def _drive(z: Array, adaptation: Adaptation) -> Array:
    """Return the drive of a person at quantile ndtr(z) of the mixture of people."""
    weak = adaptation["nonresponders"]
    u = np.clip(ndtr(z), 1e-9, 1.0 - 1e-9)
    low = u < weak
    inside = np.where(low, u / weak, (u - weak) / (1.0 - weak))
    own = np.exp(adaptation["omega"] * ndtri(np.clip(inside, 1e-9, 1.0 - 1e-9)))
    return np.asarray(own * np.where(low, adaptation["nonresponder_drive"], 1.0))


def _slowness(a: Mapping[str, Array], adaptation: Adaptation, A50: Array) -> Slowness:
    rate = {
        f"k{x}": np.full(1, adaptation.rate(x))
        for x in ("U", "P", "T", "O", "F", "A", "Df", "Ds", "S", "C", "V", "L", "B")
    }
    off = np.full(1, np.inf)
    return Slowness(
        **rate,
        kR=LN2 / (adaptation["half_life_R"] * np.exp(HALF_LIFE_SD * a["half_life_R"])),
        T50=np.ones(1),
        F50=1.0 / (adaptation["a_F"] * np.exp(0.7 * a["fast"])),
        A50=A50,
        Df50=off,
        Ds50=off,
        w=np.ones(1),
        s=np.zeros(1),
        s_E=np.zeros(1),
    )


def course(me: Personal, dosed: tuple[Dosed, ...], looks_h: Array) -> Array:
    """Return the course m (looks, n) in points, without ups and downs, at ascending `looks_h`.

    A look at the moment of a session sees the score before it.
    """
    # Only what mood needs is carried for every draw; the other states stay one empty number.
    s, now = fresh(1), 0.0
    zero, one = np.zeros(1), np.ones(1)
    tables: dict[float, Decays] = {}
    events = [(float(t), 0, k) for k, t in enumerate(looks_h)]
    events += [(d.start_h, 1, k) for k, d in enumerate(dosed)]
    found = np.empty((len(looks_h), len(me.baseline)))
    for t, kind, k in sorted(events):
        if t > now:
            # The worsening is met on average over the step in which it comes.
            share = np.clip((t - me.onset_h) / (t - now), 0.0, 1.0)
            key = round(t - now, 4)
            if key not in tables:
                tables[key] = decays(me.p, t - now)
            s = between(tables[key], s, 1.0 + me.growth * share, me.care)
            now = t
        if kind == 1:
            size = np.full(1, dosed[k].size)
            pulse = Pulse(*([zero] * len(Pulse._fields)))._replace(d_G=me.scale * size, e=size)
            s, _ = session(me.p, s, pulse, one)
        else:
            left = 1.0 - fall_capped(s.R, me.cap, 1.0)
            found[k] = me.baseline * s.L * (1.0 - s.B) * left
    return found


@dataclass(frozen=True, kw_only=True, eq=False)
class Filtered:
    """What the ratings say given the unknowns.

    `log_likelihood` (n,); `mean`, `variance` (n,) of x after the last rating, at `last_h`; `means`,
    `variances` (looks, n) after each.
    """

    log_likelihood: Array
    mean: Array
    variance: Array
    last_h: float
    means: Array
    variances: Array


def filtered(
    m: Array, looks_h: Array, scores: Array, adaptation: Adaptation, error_sd: float
) -> Filtered:
    """Return the Kalman filter of the ratings; a missing score (NaN) only lets time pass.

    Inputs: course `m` (looks, n); `looks_h`, `scores` (looks,). x starts at 0: the baseline is the
    severity that x is relative to.
    """
    n = m.shape[1]
    sd, k = adaptation["fluctuation"], adaptation.rate("x")
    x, v, log_l, now = np.zeros(n), np.zeros(n), np.zeros(n), 0.0
    means, variances = np.zeros_like(m), np.zeros_like(m)
    for i, (t, score) in enumerate(zip(looks_h, scores)):
        r = np.exp(-k * max(t - now, 0.0))
        x, v, now = r * x, r**2 * v + (1.0 - r**2) * sd**2, max(t, now)
        if np.isfinite(score):
            S = m[i] ** 2 * v + error_sd**2
            error = score - m[i] * (1.0 + x)
            log_l += -0.5 * (error**2 / S + np.log(2.0 * np.pi * S))
            gain = v * m[i] / S
            x, v = x + gain * error, (1.0 - gain * m[i]) * v
        means[i], variances[i] = x, v
    return Filtered(
        log_likelihood=log_l, mean=x, variance=v, last_h=now, means=means, variances=variances
    )

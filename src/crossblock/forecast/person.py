"""One person's forecast: bands, what the next session would add, and what looks like a lost effect.

The update is Bayesian under four stories: nothing changed, the illness grew, it grew and the drug
has reached its limit, or each session does less. Their probabilities say how far a falling benefit
is more than chance. How large each session was depends on the mechanism only through the drug, the
dose and what is on board; mechanisms that agree on that are not told apart by one person's mood.
Nothing here is advice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from crossblock.core.errors import InputError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.adaptation import Adaptation
from crossblock.domain.compound import Compound
from crossblock.domain.history import DAY, History, checked
from crossblock.domain.mechanism import Mechanism
from crossblock.forecast import assumed
from crossblock.forecast.escalation import Flag, escalation
from crossblock.forecast.personal import (
    NAMES,
    STABLE,
    STORIES,
    TOLERANCE,
    Dosed,
    Filtered,
    Personal,
    course,
    drawn,
    filtered,
)
from crossblock.forecast.posterior import Sample, sample
from crossblock.forecast.size import sizes
from crossblock.report.story import Assumed

Array = NDArray[np.float64]
DRAWS = 800
KEPT = 600  # draws of the mixture that bands are taken from
AHEAD_D = 28
FURTHEST_D = 365.0
BANDS = (0.025, 0.25, 0.5, 0.75, 0.975)
# before any rating: nothing changed as likely as the three losses together
PRIOR = {STABLE: 0.5, "illness": 1 / 6, "ceiling": 1 / 6, TOLERANCE: 1 / 6}
GAINED = 0.75  # share of the baseline at or below which there was an effect
FLAG_AT = 0.5  # probability of a story from which it is flagged


@dataclass(frozen=True, kw_only=True, eq=False)
class Band:
    """Quantiles of the true score over days: each (days,), 2.5, 25, 50, 75 and 97.5 %."""

    days: Array
    low: Array
    low_half: Array
    middle: Array
    high_half: Array
    high: Array


@dataclass(frozen=True, kw_only=True, slots=True)
class Benefit:
    """What the next session would add: points lower on average over the next week, its 95 %
    interval, the probability of at least 3 points, and days at half the baseline or below within
    four weeks, with it and without."""

    points: float
    low: float
    high: float
    at_least_3: float
    days_with: float
    days_without: float


@dataclass(frozen=True, kw_only=True, eq=False)
class PersonForecast:
    """One person's forecast. `seen` over the days of ratings and sessions, `with_session` and
    `without` from the next day on. `stories` are probabilities of what is going on; `flags` carry
    the probability of being noise. `effective` counts draws that carry the answer."""

    seen: Band
    with_session: Band
    without: Band
    next_day: float
    benefit: Benefit
    stories: Mapping[str, float]
    flags: tuple[Flag, ...]
    notes: tuple[str, ...]
    assumed: tuple[Assumed, ...]
    mechanisms: Mapping[str, float]
    effective: float


def update(
    history: History,
    *,
    mechanisms: Sequence[Mechanism],
    adaptation: Adaptation,
    compounds: Mapping[str, Compound],
    weights: Mapping[str, float] | None = None,
    next_day: float | None = None,
    prior: Mapping[str, float] = PRIOR,
    seed: int = 1,
    draws: int = DRAWS,
) -> PersonForecast:
    """Return what a person's own ratings and sessions say, and what the next session would add.

    Inputs: `history` with days in any order of magnitude, irregular and with missing ratings;
    `weights` by mechanism id, equal when not given; `next_day` of the next session (default: the
    day after the last event). Raises `InputError` for a history that cannot be used.
    """
    notes = checked(history)
    plan = _plan(history, next_day, adaptation)
    groups = _groups(history, mechanisms, weights, compounds)
    found = [
        one
        for g, (size, _) in enumerate(groups)
        for one in _fitted(plan, history, size, adaptation, Stream(seed, f"person/{g}"), draws)
    ]
    mass = [
        np.log(weight) + np.log(max(prior.get(story, 0.0), 1e-300)) + one.sample.log_evidence
        for one, (weight, story) in zip(
            found, [(sum(w.values()), s) for _, w in groups for s in STORIES], strict=True
        )
    ]
    share = np.exp(np.array(mass) - logsumexp(mass))
    stories = {s: float(sum(p for p, one in zip(share, found) if one.story == s)) for s in STORIES}
    futures = _futures(found, share, plan, adaptation, history, Stream(seed, "person/future"))
    return PersonForecast(
        seen=_band(plan.looks_h / DAY + plan.origin, futures.seen),
        with_session=_band(plan.ahead_h / DAY + plan.origin, futures.given),
        without=_band(plan.ahead_h / DAY + plan.origin, futures.withheld),
        next_day=plan.next_h / DAY + plan.origin,
        benefit=_benefit(futures, history),
        stories=stories,
        flags=(*_lost(stories, history), *escalation(history)),
        notes=notes,
        assumed=assumed.of_adaptation(adaptation),
        mechanisms=_by_mechanism(groups, found, share),
        effective=float(sum(p * one.sample.effective for p, one in zip(share, found))),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Plan:
    """Days of the history as hours from its first event, and the days ahead."""

    origin: float
    looks_h: Array
    scores: Array
    starts_h: Array
    next_h: float
    ahead_h: Array
    error_sd: float

    @property
    def end_h(self) -> float:
        return float(max([*self.looks_h, *self.starts_h, DAY]))


def _plan(history: History, next_day: float | None, adaptation: Adaptation) -> _Plan:
    days = [r.day for r in history.ratings] + [s.day for s in history.sessions]
    origin = min(days, default=0.0)
    last = max(days, default=0.0)
    following = last + 1.0 if next_day is None else next_day
    if not last <= following <= last + FURTHEST_D:
        raise InputError(
            Problem(
                what="the next session cannot be there",
                value=f"day {following:g}",
                why=f"the history ends on day {last:g}; a next session is up to "
                f"{FURTHEST_D:g} days later",
                fix="give a later day, or add the rows that are missing",
            )
        )
    scores = [np.nan if r.score is None else float(r.score) for r in history.ratings]
    next_h = (following - origin) * DAY
    return _Plan(
        origin=origin,
        looks_h=np.array([(r.day - origin) * DAY for r in history.ratings], dtype=float),
        scores=np.array(scores, dtype=float),
        starts_h=np.array([(s.day - origin) * DAY for s in history.sessions], dtype=float),
        next_h=next_h,
        ahead_h=next_h + DAY * np.arange(AHEAD_D + 1.0),
        error_sd=adaptation["rating_sd"] * (history.highest - history.lowest) / 60.0,
    )


def _groups(
    history: History,
    mechanisms: Sequence[Mechanism],
    weights: Mapping[str, float] | None,
    compounds: Mapping[str, Compound],
) -> list[tuple[tuple[float, ...], dict[str, float]]]:
    """Return mechanisms that see the same session sizes together, with their weights."""
    total = sum(weights.values()) if weights else float(len(mechanisms))
    groups: dict[tuple[float, ...], dict[str, float]] = {}
    for m in mechanisms:
        weight = (weights.get(m.id, 0.0) if weights else 1.0) / total
        if weight <= 0.0:
            continue
        size = sizes(history, m, compounds)
        key = tuple(round(x, 1) for x in size)
        groups.setdefault(key, {})[m.id] = weight
    return list(groups.items())


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fitted:
    story: str
    sample: Sample
    dosed: tuple[Dosed, ...]
    next_size: float


def _fitted(
    plan: _Plan,
    history: History,
    size: Sequence[float],
    adaptation: Adaptation,
    stream: Stream,
    draws: int,
) -> list[_Fitted]:
    """Return the posterior of every story; `size` has one entry a session and one for the next."""
    dosed = tuple(
        Dosed(start_h=float(t), size=x) for t, x in zip(plan.starts_h, size, strict=False)
    )
    story = np.repeat(np.array(STORIES), draws)

    def log_likelihood(z: Array) -> Array:
        me = drawn(z.reshape(-1, z.shape[-1]), story, history, adaptation, plan.end_h)
        m = course(me, dosed, plan.looks_h)
        found = filtered(m, plan.looks_h, plan.scores, adaptation, plan.error_sd)
        return found.log_likelihood.reshape(z.shape[:2])

    found = sample(log_likelihood, len(NAMES), stream=stream, draws=draws, models=len(STORIES))
    return [
        _Fitted(story=s, sample=x, dosed=dosed, next_size=size[-1])
        for s, x in zip(STORIES, found, strict=True)
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Futures:
    """Draws of the true score: `seen` (looks, n), `given` and `withheld` (days ahead, n)."""

    seen: Array
    given: Array
    withheld: Array
    baseline: Array


def _futures(
    found: Sequence[_Fitted],
    share: Array,
    plan: _Plan,
    adaptation: Adaptation,
    history: History,
    stream: Stream,
) -> _Futures:
    """Return equally weighted draws of all stories in proportion to their probability."""
    parts = []
    for k, (one, p) in enumerate(zip(found, share)):
        count = round(KEPT * float(p))
        if count == 0:
            continue
        u = (np.arange(count) + 0.5) / count
        pick = np.searchsorted(np.cumsum(one.sample.weight), u)
        z = one.sample.z[np.minimum(pick, len(one.sample.z) - 1)]
        story = np.full(count, one.story)
        me = drawn(z, story, history, adaptation, plan.end_h)
        ups = stream.normal(1 + len(plan.ahead_h), trial=k, participant=np.arange(count)).T
        parts.append(_future(me, one, plan, adaptation, ups))
    seen, given, withheld = (np.concatenate(x, axis=1) for x in zip(*(p[:3] for p in parts)))
    return _Futures(
        seen=np.clip(seen, history.lowest, history.highest),
        given=np.clip(given, history.lowest, history.highest),
        withheld=np.clip(withheld, history.lowest, history.highest),
        baseline=np.concatenate([p[3] for p in parts]),
    )


def _future(
    me: Personal, one: _Fitted, plan: _Plan, adaptation: Adaptation, ups: Array
) -> tuple[Array, Array, Array, Array]:
    """Return course seen, and ahead with and without a session at `next_h`, on the same weather."""
    m = course(me, one.dosed, plan.looks_h)
    f: Filtered = filtered(m, plan.looks_h, plan.scores, adaptation, plan.error_sd)
    following = (*one.dosed, Dosed(start_h=plan.next_h, size=one.next_size))
    x = f.mean + np.sqrt(f.variance) * ups[0]
    k, spread, now = adaptation.rate("x"), adaptation["fluctuation"], f.last_h
    swings = []
    for t, up in zip(plan.ahead_h, ups[1:]):
        r = np.exp(-k * max(t - now, 0.0))
        x, now = r * x + np.sqrt(1.0 - r**2) * spread * up, t
        swings.append(x)
    swing = 1.0 + np.stack(swings)
    return (
        m * (1.0 + f.means + np.sqrt(f.variances) * ups[0]),
        course(me, following, plan.ahead_h) * swing,
        course(me, one.dosed, plan.ahead_h) * swing,
        me.baseline,
    )


def _band(days: Array, draws: Array) -> Band:
    if not len(days):
        empty = np.empty(0)
        return Band(
            days=empty, low=empty, low_half=empty, middle=empty, high_half=empty, high=empty
        )
    low, low_half, middle, high_half, high = np.quantile(draws, BANDS, axis=1)
    return Band(
        days=days, low=low, low_half=low_half, middle=middle, high_half=high_half, high=high
    )


def _benefit(f: _Futures, history: History) -> Benefit:
    gain = (f.withheld - f.given)[1:8].mean(axis=0)
    half = 0.5 * (history.baseline or 0.0)
    low, high = np.quantile(gain, (0.025, 0.975))
    return Benefit(
        points=float(gain.mean()),
        low=float(low),
        high=float(high),
        at_least_3=float(np.mean(gain >= 3.0)),
        days_with=float((f.given[1:] <= half).sum(axis=0).mean()),
        days_without=float((f.withheld[1:] <= half).sum(axis=0).mean()),
    )


def _lost(stories: Mapping[str, float], history: History) -> tuple[Flag, ...]:
    """Return a flag where a lost effect is more likely than not, by its likeliest story.

    Who never gained a quarter of the baseline has no effect to lose.
    """
    best = min((r.score for r in history.ratings if r.score is not None), default=np.inf)
    if stories[STABLE] > 1.0 - FLAG_AT or best > GAINED * (history.baseline or 0.0):
        return ()
    likeliest = max((s for s in STORIES if s != STABLE), key=lambda s: stories[s])
    words = {
        "illness": "the scores look as if the illness had grown",
        "ceiling": "the scores look as if the illness had grown past what the drug can reach",
        TOLERANCE: "the scores look as if each session did less than before",
    }[likeliest]
    return (
        Flag(
            id="tolerance" if likeliest == TOLERANCE else "lost-effect",
            words=words,
            noise=stories[STABLE],
            detail="; ".join(f"{s} {100 * p:.0f} %" for s, p in stories.items()),
        ),
    )


def _by_mechanism(
    groups: Sequence[tuple[tuple[float, ...], Mapping[str, float]]],
    found: Sequence[_Fitted],
    share: Array,
) -> dict[str, float]:
    """Return the weight of each mechanism after this person's ratings."""
    out: dict[str, float] = {}
    for g, (_, weights) in enumerate(groups):
        mine = float(sum(share[g * len(STORIES) : (g + 1) * len(STORIES)]))
        total = sum(weights.values())
        out |= {m: mine * w / total for m, w in weights.items()}
    return out

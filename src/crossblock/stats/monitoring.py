"""A protocol's interim rules made computable: bounds by look, and the error that they really allow.

A rule that a protocol states in words (a spending boundary, a fixed p, a harm threshold) becomes
numbers that a report can show and a committee can hold a result against.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.special import ndtr, ndtri

from crossblock.core.errors import InputError, Problem
from crossblock.domain.interim import Interim, StoppingRule
from crossblock.domain.result import Method
from crossblock.stats.conditional import CONDITIONAL, PREDICTIVE, conditional_power, current_trend
from crossblock.stats.conditional import predictive_power as predictive
from crossblock.stats.harm import EventRule, HarmRule
from crossblock.stats.sequential import Boundary, bounds, checked_fractions
from crossblock.stats.spending import Family, Spending

#: Spending family and parameter that a protocol's word stands for.
SPENDING: dict[str, tuple[Family, float]] = {
    "O'Brien-Fleming": (Family.OBRIEN_FLEMING_LIKE, 0.0),
    "Pocock": (Family.POCOCK_LIKE, 0.0),
    "Hwang-Shih-DeCani": (Family.HWANG_SHIH_DECANI, -4.0),
    "Kim-DeMets": (Family.KIM_DEMETS, 3.0),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """One stopping rule of a protocol.

    `fractions` are information fractions of the looks, the planned end last; `z` the bounds there
    (empty when the rule gives none).  `error` is the one-sided probability of stopping for efficacy
    without an effect, over all looks (None when it cannot be computed).  `harm` is the rule that
    `stats.harm` applies.
    """

    purpose: str
    endpoint: str
    fractions: tuple[float, ...]
    z: tuple[float, ...]
    error: float | None
    sentence: str
    method: Method | None = None
    harm: HarmRule | EventRule | None = None
    warnings: tuple[str, ...] = ()


def fractions_of(interim: Interim, planned: int) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Return the looks as fractions of the planned people, the end included, with warnings."""
    counts = [look.value for look in interim.looks]
    if counts[-1] > planned:
        raise InputError(
            Problem(
                what="a look is planned after the last participant",
                value=f"look at {counts[-1]}, {planned} planned",
                fix="correct the looks or the planned number",
            )
        )
    if counts[-1] < planned:
        counts.append(planned)
    checked_fractions([n / planned for n in counts])
    notes = (
        ("looks count people who entered; information comes from those who completed",)
        if interim.counts == "studied"
        else ()
    )
    return tuple(n / planned for n in counts), notes


def watch(interim: Interim, planned: int, *, alpha: float = 0.025) -> tuple[Watched, ...]:
    """Return each of the protocol's stopping rules with its bounds, one-sided alpha by default."""
    fractions, notes = fractions_of(interim, planned)
    out = []
    for rule in interim.rules:
        if rule.boundary.value == "judgment":
            one = _judgment(rule, fractions)
        elif rule.purpose == "efficacy":
            one = _efficacy(rule, fractions, alpha)
        elif rule.purpose == "futility":
            one = _futility(rule, fractions, alpha)
        else:
            one = _harm(rule, fractions, alpha)
        out.append(replace(one, warnings=(*one.warnings, *notes)))
    return tuple(out)


def _level(rule: StoppingRule, alpha: float) -> float:
    """Return the one-sided alpha of a rule; an alpha on the two-sided p scale is halved."""
    if rule.alpha is None:
        return alpha
    return rule.alpha.value / 2 if rule.scale == "two-sided p" else rule.alpha.value


def _judgment(rule: StoppingRule, fractions: tuple[float, ...]) -> Watched:
    return Watched(
        purpose=rule.purpose,
        endpoint=rule.endpoint,
        fractions=fractions,
        z=(),
        error=None,
        sentence=f"Stopping for {rule.purpose} was left to judgment: no number bounds its error.",
        warnings=("a stop by judgment cannot be allowed for in the analysis",),
    )


def _spending(rule: StoppingRule, alpha: float) -> tuple[Spending, tuple[str, ...]]:
    family, parameter = SPENDING[rule.boundary.value]
    assumed = {
        Family.HWANG_SHIH_DECANI: "gamma -4 assumed for Hwang-Shih-DeCani",
        Family.KIM_DEMETS: "rho 3 assumed for Kim-DeMets",
    }.get(family)
    return (
        Spending(family=family, alpha=_level(rule, alpha), parameter=parameter),
        (assumed,) if assumed else (),
    )


def _fixed_z(rule: StoppingRule) -> float:
    """Return the z that a fixed threshold on a p or z scale asks for."""
    threshold = rule.threshold.value if rule.threshold else math.nan
    if rule.scale == "z":
        return threshold
    if rule.scale in ("two-sided p", "one-sided p") and 0 < threshold < 1:
        return -float(ndtri(threshold / (2 if rule.scale == "two-sided p" else 1)))
    raise InputError(
        Problem(
            what=f"a fixed {rule.purpose} rule on the scale {rule.scale!r} gives no bound",
            where=rule.endpoint,
            value=str(threshold),
            why="a bound needs a z or a p between 0 and 1",
            fix="give the threshold as two-sided p, one-sided p or z",
        )
    )


def fixed_boundary(z: float, fractions: tuple[float, ...], alpha: float) -> Boundary:
    """Return the boundary of one fixed critical value at every look and the plain test at the end.

    Its `alpha_spent` is what the looks really spend, and may exceed alpha.
    """
    plain = bounds(Spending(family=Family.KIM_DEMETS, alpha=alpha, parameter=1.0), fractions)
    critical = (*([z] * (len(fractions) - 1)), -float(ndtri(alpha)))
    made = replace(plain, efficacy=critical)
    spent = np.cumsum(made.crossing(0.0).above)
    return replace(
        made,
        alpha_spent=tuple(map(float, spent)),
        method=Method(
            name="fixed level at each look",
            sentence=f"Interim looks used the fixed critical value {z:.3f} and the end the plain "
            f"one-sided test at {alpha:g}.",
            references=plain.method.references[-2:],
        ),
    )


def _efficacy(rule: StoppingRule, fractions: tuple[float, ...], alpha: float) -> Watched:
    level = _level(rule, alpha)
    if rule.boundary.value == "fixed":
        made = fixed_boundary(_fixed_z(rule), fractions, level)
        notes: tuple[str, ...] = ()
    else:
        spending, notes = _spending(rule, alpha)
        made = bounds(spending, fractions)
    error = made.alpha_spent[-1]
    if error > level * (1 + 1e-6):
        notes = (*notes, f"the looks raise the one-sided error from {level:.1%} to {error:.1%}")
    levels = ", ".join(f"{2 * p:.4f}" for p in ndtr(-np.array(made.efficacy)))
    return Watched(
        purpose=rule.purpose,
        endpoint=rule.endpoint,
        fractions=fractions,
        z=made.efficacy,
        error=error,
        sentence=f"{made.method.sentence} Two-sided levels by look: {levels}.",
        method=made.method,
        warnings=notes,
    )


def _futility(rule: StoppingRule, fractions: tuple[float, ...], alpha: float) -> Watched:
    """Carry a conditional or predictive power threshold to the z below which it is not met."""
    if rule.scale not in ("conditional power", "predictive power") or rule.threshold is None:
        return replace(
            _judgment(rule, fractions),
            sentence=f"The futility rule on {rule.endpoint} names no threshold on conditional or "
            "predictive power; no bound is drawn.",
            warnings=(),
        )
    level = _level(rule, alpha)
    end = fixed_boundary(math.inf, fractions, level)
    power, wanted = rule.scale, rule.threshold.value

    def at(look: int, z: float) -> float:
        if power == "predictive power":
            return predictive(end, look, z)
        return conditional_power(end, look, z, current_trend(end, look, z))

    z = [_root(partial(at, look), wanted) for look in range(1, len(fractions))]
    of = "at the current trend" if power == "conditional power" else "with a flat prior"
    return Watched(
        purpose=rule.purpose,
        endpoint=rule.endpoint,
        fractions=fractions,
        z=(*z, -float(ndtri(level))),
        error=None,
        sentence=f"Futility: {power} {of} below {wanted:.0%}.",
        method=PREDICTIVE if power == "predictive power" else CONDITIONAL,
    )


def _root(increasing: Callable[[float], float], wanted: float) -> float:
    low, high = -12.0, 12.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if increasing(middle) < wanted else (low, middle)
    return (low + high) / 2


def _harm(rule: StoppingRule, fractions: tuple[float, ...], alpha: float) -> Watched:
    level = rule.alpha.value if rule.alpha else 0.05
    threshold = rule.threshold.value if rule.threshold else 0.0
    harm: HarmRule | EventRule
    if rule.scale == "fraction":
        harm = EventRule(endpoint=rule.endpoint, acceptable=threshold, certainty=1 - level)
        sentence = (
            f"Harm: {rule.endpoint} above a rate of {threshold:.0%} with probability "
            f"{1 - level:.0%}."
        )
        return Watched(
            purpose=rule.purpose,
            endpoint=rule.endpoint,
            fractions=fractions,
            z=(),
            error=None,
            sentence=sentence,
            harm=harm,
        )
    family, parameter = SPENDING.get(rule.boundary.value, (Family.POCOCK_LIKE, 0.0))
    harm = HarmRule(
        endpoint=rule.endpoint,
        threshold=threshold,
        alpha=level,
        spending=family,
        parameter=parameter,
    )
    made = bounds(Spending(family=family, alpha=level, parameter=parameter), fractions)
    return Watched(
        purpose=rule.purpose,
        endpoint=rule.endpoint,
        fractions=fractions,
        z=made.efficacy,
        error=made.alpha_spent[-1],
        sentence=f"Harm: worsening of {rule.endpoint} beyond {threshold:g} points, one-sided alpha "
        f"{level:g} over all looks.",
        method=made.method,
        harm=harm,
    )

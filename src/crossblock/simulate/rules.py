"""Stopping rules applied to what the looks of virtual trials found.

The rule of a published trial is often not published; so several are run side by side on the same
looks, and each is tagged assumed. Bounds come from `stats.sequential` at the information that each
look really held (rounded to 0.01), carried to t by their one-sided level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtr

from crossblock.domain.protocol import Protocol
from crossblock.simulate.reading import Records
from crossblock.stats.monitoring import SPENDING
from crossblock.stats.sequential import bounds
from crossblock.stats.spending import Family, Spending

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
LEAST_STEP = 0.01  # of the planned information: the grid on which bounds are computed


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One stopping rule. `level` is one-sided; `family` None means that level at every look."""

    name: str
    words: str
    level: float
    family: Family | None = None
    parameter: float = 0.0
    harm: bool = False
    stops: bool = True
    assumed: bool = True


def rules(protocol: Protocol, alpha: float = 0.05) -> tuple[Rule, ...]:
    """Return no stopping, the four usual rules, and the protocol's own where it differs.

    `alpha` is two-sided.
    """
    half = alpha / 2.0
    usual = [
        Rule(name="none", words="no look", level=half, stops=False, assumed=False),
        Rule(name="p<0.05", words=f"two-sided p < {alpha:g} at every look", level=half),
        *(
            Rule(
                name=name,
                words=str(SPENDING[name][0]),
                level=half,
                family=SPENDING[name][0],
                parameter=SPENDING[name][1],
            )
            for name in ("O'Brien-Fleming", "Pocock")
        ),
        Rule(
            name="harm",
            words="suicidality worse under the blocker, one-sided 0.05 over all looks",
            level=0.05,
            family=Family.POCOCK_LIKE,
            harm=True,
        ),
    ]
    return (*usual, *_own(protocol, half, {r.name for r in usual}))


def _own(protocol: Protocol, half: float, named: set[str]) -> tuple[Rule, ...]:
    stated = protocol.interim.rules if protocol.interim else ()
    return tuple(
        Rule(
            name=r.boundary.value,
            words=f"{r.boundary.value}, as the protocol has it",
            level=r.alpha.value / 2.0 if r.alpha else half,
            family=SPENDING[r.boundary.value][0],
            parameter=SPENDING[r.boundary.value][1],
            assumed=r.boundary.amber,
        )
        for r in stated
        if r.purpose == "efficacy" and r.boundary.value in SPENDING.keys() - named
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Decisions:
    """What a rule did with every trial: stopped at each look (B, L), claim at the end (B,)."""

    stopped: Bools
    claimed: Bools


def one_sided(rows: Records, prefix: str, sign: float) -> Array:
    """Return p against no effect in the direction of the claim; 1 where nothing was estimated.

    `prefix` names the fields estimate, se and df, such as "all_".
    """
    estimate, se, df = (rows[f"{prefix}{x}"] for x in ("estimate", "se", "df"))
    usable = (df > 0) & (se > 0)
    t = sign * estimate / np.where(usable, se, 1.0)
    return np.where(usable, stdtr(np.maximum(df, 1.0), -t), 1.0)


def decide(rule: Rule, group: str, rows: Records, sign: float) -> Decisions:
    """Apply a rule to one group of every trial."""
    final = one_sided(rows, f"{group}_", sign)
    looks = _look_p(rule, group, rows, sign)
    if looks is None or not rule.stops:
        none = np.zeros((rows.size, 0 if looks is None else looks.shape[1]), dtype=np.bool_)
        return Decisions(stopped=none, claimed=final <= rule.level)
    levels = _levels(rule, rows["look_information"], rows["information"])
    crossed = (looks <= levels[:, :-1]) & (rows["look_information"] > 0)
    earlier = np.cumsum(crossed, axis=1, dtype=np.int64) - crossed
    stopped = crossed & (earlier == 0)
    any_stop = np.asarray(stopped.any(axis=1))
    if rule.harm:
        return Decisions(stopped=stopped, claimed=~any_stop & (final <= 0.025))
    return Decisions(stopped=stopped, claimed=any_stop | (final <= levels[:, -1]))


def _look_p(rule: Rule, group: str, rows: Records, sign: float) -> Array | None:
    names: Mapping[str, object] = rows.dtype.fields or {}
    prefix = "harm_" if rule.harm else f"{group}_look_"
    if f"{prefix}estimate" not in names:
        return None
    return one_sided(rows, prefix, sign)


def _levels(rule: Rule, looks: Array, end: Array) -> Array:
    """Return the one-sided level at each look and at the end, (B, L + 1)."""
    if rule.family is None:
        return np.full((looks.shape[0], looks.shape[1] + 1), rule.level)
    at = np.round(np.concatenate([looks, end[:, None]], axis=1) / LEAST_STEP).astype(np.int64)
    distinct, back = np.unique(at, axis=0, return_inverse=True)
    table = np.array([_level_row(rule, tuple(map(int, row))) for row in distinct])
    return np.asarray(table[back.ravel()])


@cache
def _level_row(rule: Rule, steps: tuple[int, ...]) -> tuple[float, ...]:
    """Return levels for one pattern of information in hundredths; looks without any get 0."""
    assert rule.family is not None
    *looks, end = steps
    held = [s for s in looks if 0 < s < 100]
    held = [s for k, s in enumerate(held) if k == 0 or s > max(held[:k])]
    last = max(end, (held[-1] if held else 0) + 1)
    spending = Spending(family=rule.family, alpha=rule.level, parameter=rule.parameter)
    made = bounds(
        spending,
        [s * LEAST_STEP for s in (*held, last)],
        spent_at=[*(s * LEAST_STEP for s in held), 1.0],
    )
    level = dict(zip((*held, -1), ndtr(-np.array(made.efficacy)), strict=True))
    return (*(float(level.get(s, 0.0)) for s in looks), float(level[-1]))

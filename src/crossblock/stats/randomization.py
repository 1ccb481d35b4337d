"""Randomization tests that respect how sequences were allocated.

The reference distribution is the list that could have been drawn: people keep their half period
differences, and only the sequence labels are dealt again, within the blocks and strata in which
they were dealt.  All lists are enumerated where that is feasible, otherwise drawn at random.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import DesignError, InputError, Problem
from crossblock.domain.result import Method, Reference

Floats = NDArray[np.float64]

ROSENBERGER = Reference(
    key="rosenberger2019",
    text="Rosenberger WF, Uschner D, Wang Y. Randomization: the forgotten component of the "
    "randomized clinical trial. Statistics in Medicine 2019;38:1-12.",
    doi="10.1002/sim.7901",
)
PHIPSON = Reference(
    key="phipson2010",
    text="Phipson B, Smyth GK. Permutation p-values should never be zero. Statistical Applications "
    "in Genetics and Molecular Biology 2010;9:Article 39.",
    doi="10.2202/1544-6115.1585",
)

#: Enumerate all allocations up to this many; beyond, draw.
MOST_ENUMERATED = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class RandomizationTest:
    """A randomization test: observed statistic, number of allocations used, two-sided p (0 to 1).

    `exact` when all allocations were enumerated.  `lower` and `upper` bound the effects that the
    test does not reject (a constant effect in points).
    """

    statistic: float
    allocations: int
    exact: bool
    p: float
    lower: float
    upper: float
    level: float
    method: Method


def allocations_possible(first: NDArray[np.bool_], blocks: Sequence[Hashable]) -> int:
    """Return how many allocation lists keep each block's count of first-sequence people."""
    total = 1
    for members in _blocks(blocks):
        total *= math.comb(len(members), int(first[members].sum()))
    return total


def _blocks(blocks: Sequence[Hashable]) -> list[NDArray[np.int64]]:
    order: dict[Hashable, list[int]] = {}
    for i, b in enumerate(blocks):
        order.setdefault(b, []).append(i)
    return [np.array(members) for members in order.values()]


def _enumerate(first: NDArray[np.bool_], blocks: Sequence[Hashable]) -> NDArray[np.bool_]:
    """Return every allocation, shape (allocations, people)."""
    rows = np.zeros((1, len(first)), dtype=bool)
    for members in _blocks(blocks):
        picks = list(combinations(members, int(first[members].sum())))
        block = np.zeros((len(picks), len(first)), dtype=bool)
        for i, pick in enumerate(picks):
            block[i, list(pick)] = True
        rows = (rows[:, None, :] | block[None, :, :]).reshape(-1, len(first))
    return rows


def _draw(
    first: NDArray[np.bool_], blocks: Sequence[Hashable], draws: int, rng: np.random.Generator
) -> NDArray[np.bool_]:
    rows = np.zeros((draws, len(first)), dtype=bool)
    for members in _blocks(blocks):
        dealt = np.tile(first[members], (draws, 1))
        rows[:, members] = rng.permuted(dealt, axis=1)
    return rows


def _check(half: Floats, labels: Sequence[Hashable]) -> NDArray[np.bool_]:
    names = list(dict.fromkeys(labels))
    if len(half) != len(labels) or not np.all(np.isfinite(half)):
        raise InputError("half period differences need one finite number and one sequence a person")
    if len(names) != 2:
        raise DesignError(
            Problem(
                what=f"the randomization test compares two sequences, not {len(names)}",
                value=", ".join(map(str, names)),
                why="with one sequence there is nothing that could have been dealt otherwise",
                fix="include people of both sequences",
            )
        )
    return np.array([label == names[0] for label in labels])


def sequence_test(
    half: Sequence[float],
    sequence: Sequence[Hashable],
    *,
    blocks: Sequence[Hashable] | None = None,
    level: float = 0.95,
    draws: int = 20_000,
    rng: np.random.Generator | None = None,
) -> RandomizationTest:
    """Test the treatment effect by re-dealing the sequences.

    T = mean half period difference of the first-named sequence minus that of the other; p is the
    share of allocations with |T| >= |observed|, or (1 + count) / (1 + draws) when drawn.  `blocks`
    names each person's block or stratum; labels are dealt within it.  More than 200,000 possible
    lists need an `rng`.  The interval inverts the test for a constant effect.
    """
    h = np.asarray(half, dtype=float)
    first = _check(h, sequence)
    where: Sequence[Hashable] = ["all"] * len(h) if blocks is None else blocks
    if len(where) != len(h):
        raise InputError("blocks need one entry a person")
    possible = allocations_possible(first, where)
    exact = possible <= MOST_ENUMERATED
    if not exact and rng is None:
        raise InputError(
            Problem(
                what=f"{possible:,} allocations are too many to enumerate",
                fix="give a random generator, and say its seed in the report",
            )
        )
    rows = _enumerate(first, where) if exact or rng is None else _draw(first, where, draws, rng)
    n1, n2 = int(first.sum()), int((~first).sum())
    contrast = np.where(rows, 1 / n1, -1 / n2)
    sign = np.where(first, 0.5, -0.5)
    seen, moved = contrast @ h, contrast @ sign
    observed = float(h[first].mean() - h[~first].mean())
    lower, upper = _invert(seen, moved, observed, 1 - level, exact)
    return RandomizationTest(
        statistic=observed,
        allocations=possible if exact else draws,
        exact=exact,
        p=_share(seen, observed, exact),
        lower=lower,
        upper=upper,
        level=level,
        method=_method(exact, blocks is not None, draws),
    )


def _share(values: Floats, observed: float, exact: bool) -> float:
    # Allocations that tie in exact arithmetic must tie here too.
    tolerance = 1e-9 * max(1.0, abs(observed), float(np.abs(values).max()))
    count = int((np.abs(values) >= abs(observed) - tolerance).sum())
    return count / len(values) if exact else (1 + count) / (1 + len(values))


def _invert(
    seen: Floats, moved: Floats, observed: float, alpha: float, exact: bool
) -> tuple[float, float]:
    """Return the ends of {tau: p(tau) > alpha}; infinite where no effect is rejected.

    Taking a constant effect tau out of the data moves each allocation's T by -tau `moved` and the
    observed one by -tau.
    """

    def p(tau: float) -> float:
        return _share(seen - tau * moved, observed - tau, exact)

    reach = 4 * float(np.abs(seen).max()) + abs(observed) + 1e-12
    ends = []
    for sign in (-1.0, 1.0):
        inner, outer = observed, observed + sign * reach
        for _ in range(40):
            if p(outer) <= alpha:
                break
            outer = observed + 2 * (outer - observed)
        else:
            ends.append(sign * math.inf)
            continue
        for _ in range(60):
            middle = (inner + outer) / 2
            inner, outer = (middle, outer) if p(middle) > alpha else (inner, middle)
        ends.append(inner)
    return ends[0], ends[1]


def _method(exact: bool, blocked: bool, draws: int) -> Method:
    how = "all possible allocation lists" if exact else f"{draws:,} random allocation lists"
    within = " within blocks and strata" if blocked else " with the observed sequence sizes"
    return Method(
        name="randomization test",
        sentence=f"The effect was tested against {how}{within}, each person keeping their half "
        "period difference.",
        references=(ROSENBERGER,) if exact else (ROSENBERGER, PHIPSON),
    )


def sign_flip_test(
    differences: Sequence[float],
    *,
    draws: int = 20_000,
    rng: np.random.Generator | None = None,
) -> tuple[float, int, bool]:
    """Return (two-sided p, sign patterns used, exact) of the sign-flip test on paired differences.

    All 2^n patterns up to n = 17; beyond, `draws` random ones from `rng`.
    """
    d = np.asarray(differences, dtype=float)
    if d.ndim != 1 or len(d) == 0 or not np.all(np.isfinite(d)):
        raise InputError("differences need one finite number a pair")
    n, exact = len(d), 2 ** len(d) <= MOST_ENUMERATED
    if exact:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    elif rng is None:
        raise InputError(f"2^{n} sign patterns are too many to enumerate; give a random generator")
    else:
        signs = 1 - 2 * rng.integers(0, 2, size=(draws, n))
    p = _share(signs @ d, float(d.sum()), exact)
    return p, len(signs), exact

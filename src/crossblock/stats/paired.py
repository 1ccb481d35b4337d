"""Exact paired methods for yes/no outcomes and for single ordinal items.

Response, remission and items such as suicidality are too coarse for a t test in a dozen people.
Only people who answer differently under the two conditions carry information.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv
from scipy.stats import binom, hypergeom

from crossblock.core.errors import DesignError, InputError, Problem
from crossblock.domain.result import Method, Reference
from crossblock.stats.ranks import RankTest, rank_sum, sign_test, signed_rank

MCNEMAR = Reference(
    key="mcnemar1947",
    text="McNemar Q. Note on the sampling error of the difference between correlated proportions "
    "or percentages. Psychometrika 1947;12:153-157.",
    doi="10.1007/BF02295996",
)
GART = Reference(
    key="gart1969",
    text="Gart JJ. An exact test for comparing matched proportions in crossover designs. "
    "Biometrika 1969;56:75-80.",
    doi="10.1093/biomet/56.1.75",
)
BINARY = Method(
    name="exact paired binary tests",
    sentence="A yes/no outcome was compared by the exact McNemar test and, adjusted for period, by "
    "the Mainland-Gart test among people who responded under one condition only.",
    references=(MCNEMAR, GART),
)
ORDINAL = Method(
    name="exact paired ordinal tests",
    sentence="A single item was compared by exact signed-rank and sign tests and, adjusted for "
    "period, by the exact rank-sum test of period differences.",
    references=(),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class BinaryResult:
    """A yes/no outcome under two conditions A and B in the same people.

    `only_a` and `only_b` count discordant people; p values are two-sided, 0 to 1; the odds ratio
    (A against B, among discordant people) has an exact interval and may be 0 or infinite.
    `mainland_gart_p` is None when sequences are unknown.
    """

    only_a: int
    only_b: int
    both: int
    neither: int
    mcnemar_p: float
    mcnemar_chi2: float
    mainland_gart_p: float | None
    odds_ratio: float
    lower: float
    upper: float
    level: float
    method: Method = BINARY


def _yes_no(values: Sequence[object], what: str) -> np.ndarray:
    kept = np.asarray(values, dtype=float)
    if not np.all(np.isin(kept, (0.0, 1.0))):
        raise InputError(
            Problem(
                what=f"{what} must be 0 or 1 for everybody",
                fix="leave people out who lack one condition",
            )
        )
    return kept.astype(bool)


def paired_binary(
    a: Sequence[object],
    b: Sequence[object],
    a_first: Sequence[object] | None = None,
    *,
    level: float = 0.95,
) -> BinaryResult:
    """Compare a yes/no outcome under conditions A and B, one entry a person.

    Exact McNemar: only_a of only_a + only_b against 1/2.  Mainland-Gart: Fisher's exact test of
    "responded in period 1 only / period 2 only" by sequence among discordant people, where
    `a_first` says who had A first; it removes an additive (log-odds) period effect.  The odds ratio
    only_a / only_b has the Clopper-Pearson interval.  Gart (1969).
    """
    ra, rb = _yes_no(a, "A"), _yes_no(b, "B")
    if len(ra) != len(rb) or len(ra) == 0:
        raise InputError("both conditions need one entry for each of one or more people")
    only_a, only_b = int((ra & ~rb).sum()), int((~ra & rb).sum())
    n = only_a + only_b
    p = 1.0 if n == 0 else min(1.0, 2 * float(binom.cdf(min(only_a, only_b), n, 0.5)))
    gart = None
    if a_first is not None:
        first = _yes_no(a_first, "the sequence")
        if len(first) != len(ra):
            raise InputError("the sequence needs one entry a person")
        discordant = ra != rb
        first_only = np.where(first, ra, rb) & discordant
        gart = fisher_p(
            int((first_only & first).sum()),
            int((discordant & ~first_only & first).sum()),
            int((first_only & ~first).sum()),
            int((discordant & ~first_only & ~first).sum()),
        )
    low, high = _clopper_pearson(only_a, n, level)
    return BinaryResult(
        only_a=only_a,
        only_b=only_b,
        both=int((ra & rb).sum()),
        neither=int((~ra & ~rb).sum()),
        mcnemar_p=p,
        mcnemar_chi2=(only_a - only_b) ** 2 / n if n else 0.0,
        mainland_gart_p=gart,
        odds_ratio=only_a / only_b if only_b else (math.inf if only_a else 1.0),
        lower=low / (1 - low),
        upper=high / (1 - high) if high < 1 else math.inf,
        level=level,
    )


def _clopper_pearson(x: int, n: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    low = 0.0 if x == 0 else float(betaincinv(x, n - x + 1, tail))
    high = 1.0 if x == n else float(betaincinv(x + 1, n - x, 1 - tail))
    return low, high


def fisher_p(a: int, b: int, c: int, d: int) -> float:
    """Return Fisher's exact two-sided p of the table [[a, b], [c, d]].

    The sum of all tables with the same margins that are no more probable than the observed one.
    """
    n, row, column = a + b + c + d, a + b, a + c
    if min(row, c + d, column, b + d) == 0:
        return 1.0
    x = np.arange(max(0, row + column - n), min(row, column) + 1)
    mass = hypergeom.pmf(x, n, column, row)
    observed = float(hypergeom.pmf(a, n, column, row))
    return float(min(1.0, mass[mass <= observed * (1 + 1e-7)].sum()))


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemResult:
    """One ordinal item under two conditions: who moved, exact tests, and its part in the total.

    `share_of_total` is the item's mean difference over the total's (None when the total did not
    move); `correlation_with_rest` is between the item's and the rest's differences (None when one
    of them does not vary).  The overlap matters because the item is itself counted in the total.
    """

    item: str
    up: int
    down: int
    unchanged: int
    mean_difference: float
    sign_p: float
    signed_rank: RankTest | None
    by_period: RankTest | None
    share_of_total: float | None
    correlation_with_rest: float | None
    method: Method = ORDINAL


def paired_item(
    item: str,
    test: Sequence[float],
    reference: Sequence[float],
    *,
    sequence: Sequence[str] | None = None,
    total_test: Sequence[float] | None = None,
    total_reference: Sequence[float] | None = None,
    test_first: str = "",
) -> ItemResult:
    """Compare one ordinal item under two conditions in the same people (test minus reference).

    With `sequence` (two labels; `test_first` names the one that had test first) the period-adjusted
    exact rank-sum test is added; with totals, the item's overlap with them.
    """
    d = np.asarray(test, dtype=float) - np.asarray(reference, dtype=float)
    if d.ndim != 1 or len(d) == 0 or not np.all(np.isfinite(d)):
        raise InputError(f"{item}: one finite score a person and condition is needed")
    up, down, p = sign_test(d.tolist())
    by_period = None
    if sequence is not None:
        first = np.array([s == test_first for s in sequence])
        if len(first) != len(d) or first.all() or not first.any():
            raise DesignError(
                Problem(
                    what=f"{item}: the period-adjusted test needs people in both sequences",
                    value=f"test first: {int(first.sum())} of {len(first)}",
                    fix=f"name the sequence that had the test condition first, not {test_first!r}",
                )
            )
        # Half period differences: the sign of d is that of period 1 minus period 2 if test first.
        half = np.where(first, d, -d) / 2
        by_period = rank_sum(half[first].tolist(), half[~first].tolist())
    share, correlation = _overlap(d, total_test, total_reference)
    return ItemResult(
        item=item,
        up=up,
        down=down,
        unchanged=len(d) - up - down,
        mean_difference=float(d.mean()),
        sign_p=p,
        signed_rank=signed_rank(d.tolist()) if up + down else None,
        by_period=by_period,
        share_of_total=share,
        correlation_with_rest=correlation,
    )


def _overlap(
    d: np.ndarray, total_test: Sequence[float] | None, total_reference: Sequence[float] | None
) -> tuple[float | None, float | None]:
    if total_test is None or total_reference is None:
        return None, None
    total = np.asarray(total_test, dtype=float) - np.asarray(total_reference, dtype=float)
    if total.shape != d.shape:
        raise InputError("item and total need the same people")
    share = float(d.mean() / total.mean()) if total.mean() else None
    rest = total - d
    if d.std() == 0 or rest.std() == 0:
        return share, None
    return share, float(np.corrcoef(d, rest)[0, 1])

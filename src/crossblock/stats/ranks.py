"""Exact rank tests with ties: rank-sum, signed-rank and sign, by counting, not by tables.

Midranks are doubled to whole numbers; a recursion over people then counts how many of all equally
likely assignments give each rank sum.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import binom, rankdata

from crossblock.core.errors import DesignError, Problem
from crossblock.domain.result import Method, Reference

Floats = NDArray[np.float64]

KOCH = Reference(
    key="koch1972",
    text="Koch GG. The use of non-parametric methods in the statistical analysis of the two-period "
    "change-over design. Biometrics 1972;28:577-584.",
    doi="10.2307/2556170",
)
HODGES_LEHMANN = Reference(
    key="hodges1963",
    text="Hodges JL, Lehmann EL. Estimates of location based on rank tests. Annals of Mathematical "
    "Statistics 1963;34:598-611.",
    doi="10.1214/aoms/1177704172",
)
STREITBERG = Reference(
    key="streitberg1986",
    text="Streitberg B, Röhmel J. Exact distributions for permutation and rank tests: an "
    "introduction to some recently published algorithms. Statistical Software Newsletter "
    "1986;12:10-17.",
)
RANK_SUM = Method(
    name="Wilcoxon rank-sum test of half period differences",
    sentence="Half period differences were compared between the sequences by the exact rank-sum "
    "test with midranks for ties.",
    references=(KOCH, STREITBERG, HODGES_LEHMANN),
)
SIGNED_RANK = Method(
    name="Wilcoxon signed-rank test",
    sentence="Paired differences were tested by the exact signed-rank test with midranks for ties, "
    "zero differences dropped.",
    references=(STREITBERG, HODGES_LEHMANN),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class RankTest:
    """A rank statistic, its exact and normal-approximation two-sided p (0 to 1), and the shift.

    `shift` is the Hodges-Lehmann estimate in the data's unit; `n` counts the people ranked.
    """

    statistic: float
    p: float
    p_normal: float
    shift: float
    n: int
    method: Method


def _finite(x: Sequence[float], what: str) -> Floats:
    values = np.asarray(x, dtype=float)
    if values.ndim != 1 or not np.all(np.isfinite(values)):
        raise DesignError(
            Problem(
                what=f"{what} must be one finite number a person",
                fix="leave people without a complete pair out",
            )
        )
    return values


def _two_sided(counts: Floats, at: int, center: float) -> float:
    """Return P(|T - center| >= |at - center|), `counts` being those of T = 0, 1, 2, ..."""
    distance = np.abs(np.arange(len(counts)) - center)
    return float(counts[distance >= abs(at - center) - 1e-9].sum() / counts.sum())


def subset_counts(scores: NDArray[np.int64], size: int) -> Floats:
    """Return how many subsets of `size` scores have each sum, shape (sum of scores + 1,)."""
    total = int(scores.sum())
    counts = np.zeros((size + 1, total + 1))
    counts[0, 0] = 1.0
    for s in scores:
        for k in range(size, 0, -1):
            counts[k, s:] += counts[k - 1, : total + 1 - s]
    return np.asarray(counts[size])


def rank_sum(first: Sequence[float], second: Sequence[float]) -> RankTest:
    """Compare two groups by the exact Wilcoxon rank-sum test; statistic = Mann-Whitney count.

    U = (sum of midranks of `first`) - n1 (n1 + 1) / 2, two-sided p = P(|U - n1 n2 / 2| >= observed)
    over all splits of the pooled midranks; `shift` is the median of first minus second.
    """
    x, y = _finite(first, "scores"), _finite(second, "scores")
    n1, n2 = len(x), len(y)
    if min(n1, n2) == 0:
        raise DesignError("a rank-sum test needs people in both sequences")
    pooled = np.concatenate([x, y])
    ranks = rankdata(pooled)
    doubled = np.rint(2 * ranks).astype(np.int64)
    n = n1 + n2
    W = int(doubled[:n1].sum())
    p = _two_sided(subset_counts(doubled, n1), W, n1 * (n + 1))
    u = W / 2 - n1 * (n1 + 1) / 2
    _, ties = np.unique(ranks, return_counts=True)
    variance = n1 * n2 / 12 * (n + 1 - float((ties**3 - ties).sum()) / (n * (n - 1)))
    return RankTest(
        statistic=u,
        p=p,
        p_normal=_normal_p(u - n1 * n2 / 2, variance),
        shift=float(np.median(x[:, None] - y[None, :])),
        n=n,
        method=RANK_SUM,
    )


def _normal_p(gap: float, variance: float) -> float:
    """Return the two-sided normal p with continuity correction 1/2; 1 without variation."""
    if variance <= 0:
        return 1.0
    z = max(abs(gap) - 0.5, 0.0) / math.sqrt(variance)
    return float(min(1.0, 2 * ndtr(-z)))


def signed_rank(differences: Sequence[float]) -> RankTest:
    """Test paired differences by the exact signed-rank test; statistic V = sum of positive ranks.

    Zero differences are dropped; p = P(|V - mean| >= observed) over all sign patterns; `shift` is
    the median of the Walsh averages of all differences.
    """
    d = _finite(differences, "differences")
    kept = d[d != 0]
    if len(kept) == 0:
        raise DesignError(
            Problem(
                what="all paired differences are 0",
                why="there is nothing to rank",
                fix="report that nobody changed",
            )
        )
    ranks = rankdata(np.abs(kept))
    doubled = np.rint(2 * ranks).astype(np.int64)
    counts = np.zeros(int(doubled.sum()) + 1)
    counts[0] = 1.0
    for s in doubled:
        shifted = np.zeros_like(counts)
        shifted[s:] = counts[: len(counts) - s]
        counts = (counts + shifted) / 2
    V = int(doubled[kept > 0].sum())
    i, j = np.triu_indices(len(d))
    return RankTest(
        statistic=V / 2,
        p=_two_sided(counts, V, float(doubled.sum()) / 2),
        p_normal=_normal_p(V / 2 - float(ranks.sum()) / 2, float((ranks**2).sum()) / 4),
        shift=float(np.median((d[i] + d[j]) / 2)),
        n=len(kept),
        method=SIGNED_RANK,
    )


def sign_test(differences: Sequence[float]) -> tuple[int, int, float]:
    """Return (people up, people down, exact two-sided p) of the sign test, ties dropped."""
    d = _finite(differences, "differences")
    up, down = int((d > 0).sum()), int((d < 0).sum())
    n = up + down
    p = 1.0 if n == 0 else min(1.0, 2 * float(binom.cdf(min(up, down), n, 0.5)))
    return up, down, p

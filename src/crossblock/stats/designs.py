"""Crossover designs: Williams squares, their balance, and the constants of bioequivalence designs.

A design is its sequences, each a tuple of conditions by period.  Its constants say how far a design
spreads the treatment contrast: Var(T - R) = bk sigma_w^2 / n, n people in all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from crossblock.core.errors import InputError, Problem
from crossblock.domain.result import Reference

WILLIAMS = Reference(
    key="williams1949",
    text="Williams EJ. Experimental designs balanced for the estimation of residual effects of "
    "treatments. Australian Journal of Scientific Research A 1949;2:149-168.",
    doi="10.1071/CH9490149",
)
JONES_KENWARD = Reference(
    key="jones2014",
    text="Jones B, Kenward MG. Design and Analysis of Cross-Over Trials, 3rd ed. CRC Press, 2014.",
    doi="10.1201/b17537",
)

Sequences = tuple[tuple[str, ...], ...]


def williams(conditions: Sequence[str]) -> Sequences:
    """Return the Williams design: t sequences for even t, 2t for odd t, one period a condition.

    The first row interlaces 0, 1, t-1, 2, t-2, ...; further rows add 1 modulo t; odd t adds each
    row's mirror image.  Each condition follows each other one equally often and fills each period
    equally often.  Williams (1949).
    """
    t = len(conditions)
    if t < 2 or len(set(conditions)) != t:
        raise InputError(
            Problem(
                what="a Williams design needs two or more different conditions",
                value=", ".join(conditions),
                fix="name each condition once",
            )
        )
    first = [0] + [(k + 1) // 2 if k % 2 else t - k // 2 for k in range(1, t)]
    rows = [tuple((x + shift) % t for x in first) for shift in range(t)]
    if t % 2:
        rows += [row[::-1] for row in rows]
    return tuple(tuple(conditions[x] for x in row) for row in rows)


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """How evenly a design spreads its conditions.

    `per_period` counts (period, condition), `follows` counts (before, after).  A design is uniform
    if the first are all equal and balanced for first-order carryover if the second are, over pairs
    of different conditions.
    """

    sequences: int
    periods: int
    per_period: dict[tuple[int, str], int]
    follows: dict[tuple[str, str], int]

    @property
    def uniform(self) -> bool:
        return len(set(self.per_period.values())) == 1

    @property
    def balanced(self) -> bool:
        return len({n for (a, b), n in self.follows.items() if a != b}) == 1


def balance(sequences: Sequence[Sequence[str]]) -> Balance:
    """Return the balance of a design given as sequences of conditions, all of one length."""
    if not sequences or len({len(s) for s in sequences}) != 1 or not sequences[0]:
        raise InputError("a design needs sequences of equal length, each with a period or more")
    conditions = sorted({c for s in sequences for c in s})
    periods = range(1, len(sequences[0]) + 1)
    seen = Counter((p, s[p - 1]) for s in sequences for p in periods)
    after = Counter(pair for s in sequences for pair in pairwise(s))
    return Balance(
        sequences=len(sequences),
        periods=len(periods),
        per_period={(p, c): seen[p, c] for p in periods for c in conditions},
        follows={
            (a, b): after[a, b] for a in conditions for b in conditions if a != b or after[a, b]
        },
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Constants:
    """Constants of a bioequivalence design.

    Var(T - R) = bk sigma_w^2 / n when sequences are equal in size and bkni sigma_w^2 sum(1 / n_s)
    otherwise; df = df_slope n + df_offset for the all-fixed analysis; `robust_df_offset` is added
    to n for the analysis of one contrast a person.  `sequences` is the number of groups.
    """

    name: str
    title: str
    bk: float
    bkni: float
    sequences: int
    df_slope: int
    df_offset: int
    robust_df_offset: int

    def df(self, n: int) -> int:
        """Return residual degrees of freedom for n people in all."""
        return self.df_slope * n + self.df_offset

    def robust_df(self, n: int) -> int:
        """Return the degrees of freedom of one contrast a person."""
        return n + self.robust_df_offset


def _constants(
    name: str, title: str, bk: float, sequences: int, df: tuple[int, int], robust: int
) -> Constants:
    # With n / s people a sequence, sum(1 / n_s) = s^2 / n, so bkni = bk / s^2.  A paired design
    # has one group.
    return Constants(
        name=name,
        title=title,
        bk=bk,
        bkni=bk / sequences**2,
        sequences=sequences,
        df_slope=df[0],
        df_offset=df[1],
        robust_df_offset=robust,
    )


CONSTANTS: dict[str, Constants] = {
    c.name: c
    for c in (
        _constants("parallel", "two parallel groups", 4.0, 2, (1, -2), -2),
        _constants("2x2", "2x2 crossover", 2.0, 2, (1, -2), -2),
        _constants("3x3", "3x3 Latin square", 2.0, 3, (2, -4), -3),
        _constants("3x6x3", "3x6x3 Williams design", 2.0, 6, (2, -4), -6),
        _constants("4x4", "4x4 Williams or Latin square", 2.0, 4, (3, -6), -4),
        _constants("2x2x3", "2x2x3 replicate (TRT|RTR)", 1.5, 2, (2, -3), -2),
        _constants("2x2x4", "2x2x4 replicate (TRTR|RTRT)", 1.0, 2, (3, -4), -2),
        _constants("2x4x4", "2x4x4 replicate, four sequences", 1.0, 4, (3, -4), -4),
        _constants("2x3x3", "2x3x3 partial replicate (TRR|RTR|RRT)", 1.5, 3, (2, -3), -3),
        _constants("2x4x2", "2x4x2 Balaam (TT|RR|TR|RT)", 8.0, 4, (1, -2), -2),
        _constants("paired", "paired means", 2.0, 1, (1, -1), -1),
    )
}


def constants(design: str) -> Constants:
    """Return the constants of a design by name; raises `InputError` naming the known ones."""
    known = {**CONSTANTS, "2x2x2": CONSTANTS["2x2"]}
    if design not in known:
        raise InputError(
            Problem(
                what="this design has no constants here",
                value=design,
                fix=f"choose one of {', '.join(sorted(known))}",
            )
        )
    return known[design]

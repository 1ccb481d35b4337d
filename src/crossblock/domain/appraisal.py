"""A published test and what it implies: the value between `stats.appraise` and `report`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """One published comparison, as printed.

    n is the number of people in it; df the (denominator) degrees of freedom; exactly one of F (1
    numerator df), t, p or the interval (`estimate`, `lower`, `upper`) carries the test. `fraction`
    is a blockade fraction read off the same paper. `responders` of `n` were analyzed if selected.
    """

    n: int
    periods: int = 2
    df: float | None = None
    F: float | None = None
    t: float | None = None
    p: float | None = None
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    fraction: float | None = None
    responders: int | None = None
    looked_at: int | None = None
    planned: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """One way in which the published degrees of freedom can have come about."""

    words: str
    visits: int
    effects: int
    participant_by_session: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """Something a reader must know, in one sentence, with the numbers behind it."""

    kind: str
    sentence: str
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Appraisal:
    """What the published test implies.

    t, df, p        the test, whichever form it was printed in
    effect_sd       the effect in SDs of the within-person difference (t / sqrt(n))
    fraction        (value, lower, upper) of the blockade fraction, denominator taken as fixed
    within          the same at n - 2 degrees of freedom, the within-person test's
    detectable_sd   the smallest effect that n complete pairs see with 80 % power
    """

    t: float
    df: float
    p: float
    effect_sd: float
    effect_sd_interval: tuple[float, float]
    fraction: tuple[float, float, float] | None
    within: tuple[float, float, float] | None
    p_within: float
    detectable_sd: float
    origins: tuple[Origin, ...]
    flags: tuple[Flag, ...]

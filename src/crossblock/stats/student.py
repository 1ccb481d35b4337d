"""An estimate with its t interval and test, from value, standard error and df."""

from __future__ import annotations

from typing import TypedDict, Unpack

from scipy.special import stdtr, stdtrit

from crossblock.domain.result import Estimate, Method


class Told(TypedDict, total=False):
    """What else an `Estimate` says of itself."""

    unit: str
    n_by_sequence: dict[str, int]
    model: str
    method: Method | None
    info: dict[str, object]


def student(
    label: str,
    value: float,
    se: float,
    df: float,
    n: int,
    level: float = 0.95,
    **told: Unpack[Told],
) -> Estimate:
    """Return value -/+ t(df, (1 + level) / 2) se with t = value / se and its two-sided p.

    Inputs: value and se in the same unit, se >= 0; df > 0. With se = 0 there is no test: statistic
    and p are None. Student (1908), Biometrika 6:1.
    """
    reach = float(stdtrit(df, 0.5 + level / 2.0)) * se
    t = value / se if se else None
    return Estimate(
        label=label,
        value=value,
        se=se,
        df=df,
        statistic=t,
        p=None if t is None else 2.0 * float(stdtr(df, -abs(t))),
        lower=value - reach,
        upper=value + reach,
        level=level,
        n=n,
        **told,
    )

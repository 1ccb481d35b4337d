"""The reader's power sheet: what a published test says, without the data.

From one test statistic (F with one numerator degree of freedom, t, p, or an interval) the size of
the effect in its own standard errors is known, and so the interval of any published estimate that
the test was about. For a blockade fraction f read off the paper, taking the drug effect (the
denominator) as fixed,

    f (1 -+ t_crit / |t|),   t_crit = t(df, 1 - alpha/2)

The degrees of freedom tell which error term was used: in a crossover of n people, P periods and V
visits a model whose only random effect is the participant leaves n P V - n - (effects) residual
degrees of freedom, and has no term for a person's session; a comparison between conditions within
people has n - 2 (period-adjusted) or n - 1 (paired). Derivation: docs/derivations/appraise.md.
"""

from __future__ import annotations

import math

from scipy.special import ndtr, stdtr, stdtrit

from crossblock.core.errors import InputError, Problem
from crossblock.domain.appraisal import Appraisal, Flag, Origin, Published
from crossblock.stats.crossover import detectable_sd
from crossblock.stats.responders import Truth, read, simulate
from crossblock.stats.sequential import bounds
from crossblock.stats.spending import Family, Spending

MOST_VISITS, MOST_EFFECTS = 8, 8
SESSION_SD = 7.0  # points of HAM-D17; the statistics review's assumption, shown wherever used
ICCS = (0.2, 0.5, 0.8)


def appraise(published: Published, *, level: float = 0.95) -> Appraisal:
    """Read a published test. Raises `InputError` when it is not there or contradicts itself."""
    df = float(published.df) if published.df is not None else published.n - 2.0
    if published.n < 4 or df <= 0:
        raise InputError(
            Problem(
                what="too few people or degrees of freedom to appraise",
                value=f"n = {published.n}, df = {df:g}",
                why="a crossover comparison needs at least 4 people",
                fix="give the number analyzed with --n and the denominator degrees with --df",
            )
        )
    t = _statistic(published, df, level)
    critical = float(stdtrit(df, 0.5 + level / 2))
    strict = float(stdtrit(published.n - 2, 0.5 + level / 2))
    d = t / math.sqrt(published.n)
    half = critical / math.sqrt(published.n)
    f = published.fraction
    return Appraisal(
        t=t,
        df=df,
        p=2.0 * float(stdtr(df, -t)),
        effect_sd=d,
        effect_sd_interval=(d - half, d + half),
        fraction=None if f is None else _fraction(f, t, critical),
        within=None if f is None else _fraction(f, t, strict),
        p_within=2.0 * float(stdtr(published.n - 2, -t)),
        detectable_sd=detectable_sd(published.n),
        origins=() if published.df is None else origins(published.n, published.periods, df),
        flags=_flags(published, df),
    )


def _fraction(f: float, t: float, critical: float) -> tuple[float, float, float]:
    return f, f * (1.0 - critical / t), f * (1.0 + critical / t)


def _statistic(x: Published, df: float, level: float) -> float:
    """Return |t| from whichever form was printed."""
    forms = {
        "F": x.F is not None,
        "t": x.t is not None,
        "p": x.p is not None,
        "interval": x.lower is not None and x.upper is not None,
    }
    given = [name for name, there in forms.items() if there]
    if len(given) != 1:
        raise InputError(
            Problem(
                what="exactly one of F, t, p or an interval is needed",
                value=", ".join(given) or "none",
                why="two of them could contradict each other, none says nothing",
                fix="for example --F 5.39 --df 1,74",
            )
        )
    if x.F is not None:
        value = math.sqrt(_positive(x.F, "F"))
    elif x.t is not None:
        value = abs(x.t)
    elif x.p is not None:
        if not 0.0 < x.p < 1.0:
            raise InputError(Problem(what="a p value lies between 0 and 1", value=str(x.p)))
        value = -float(stdtrit(df, x.p / 2.0))
    else:
        value = _from_interval(x, df, level)
    return _positive(value, "the test statistic")


def _from_interval(x: Published, df: float, level: float) -> float:
    assert x.lower is not None
    assert x.upper is not None
    if not x.lower < x.upper:
        raise InputError(
            Problem(
                what="an interval whose lower end is not below its upper end",
                value=f"{x.lower:g} to {x.upper:g}",
            )
        )
    middle = x.estimate if x.estimate is not None else (x.lower + x.upper) / 2.0
    se = (x.upper - x.lower) / 2.0 / float(stdtrit(df, 0.5 + level / 2))
    return abs(middle) / se


def _positive(value: float, name: str) -> float:
    if not (math.isfinite(value) and value > 0):
        raise InputError(
            Problem(what=f"{name} must be a positive finite number", value=f"{value:g}")
        )
    return value


def origins(n: int, periods: int, df: float) -> tuple[Origin, ...]:
    """Return the ways in which `df` can have come about in a crossover of n people.

    Within-person tests come first; then models whose only random effect is the participant, by
    number of visits a period and of effects estimated (besides the intercept).
    """
    found = [
        Origin(words=words, visits=1, effects=e, participant_by_session=True)
        for value, words, e in (
            (n - 1, "paired comparison of session values (n − 1)", 1),
            (n - 2, "period-adjusted comparison of session values (n − 2)", 2),
        )
        if df == value
    ]
    for visits in range(1, MOST_VISITS + 1):
        rows = n * periods * visits
        effects = rows - n - df
        if effects == int(effects) and 1 <= effects <= min(MOST_EFFECTS, 2 * periods * visits):
            words = (
                f"{rows} scores ({n} people × {periods} sessions × {visits} visits) − {n} people "
                f"− {int(effects)} effects: the person is the only random term, a person's session "
                "has none"
            )
            if visits > 1:
                found.append(
                    Origin(
                        words=words,
                        visits=visits,
                        effects=int(effects),
                        participant_by_session=False,
                    )
                )
    return tuple(found)


def _flags(x: Published, df: float) -> tuple[Flag, ...]:
    flags = []
    if df > x.n * (x.periods - 1):
        flags.append(
            Flag(
                kind="degrees of freedom",
                sentence=(
                    f"{df:g} degrees of freedom are more than {x.n} people can give to a "
                    "comparison between their sessions: ratings of one session were counted as "
                    "independent, so the interval is likely too narrow."
                ),
                numbers={"df": df, "within": x.n - 2.0},
            )
        )
    if x.responders is not None:
        flags.append(_selection(x))
    if x.looked_at is not None and x.planned is not None:
        flags.append(_stopping(x.looked_at, x.planned))
    return tuple(flags)


def _selection(x: Published) -> Flag:
    """Quantify what keeping responders of the open session does when nothing is blocked."""
    rates = {}
    for icc in ICCS:
        sessions = simulate(Truth(n=x.n, icc=icc, blockade=0.0, sd=SESSION_SD), 4000, seed=1)
        reading = read(sessions, sessions.responder)
        rates[f"false positive, icc {icc}"] = reading.significant
        rates[f"apparent fraction, icc {icc}"] = reading.apparent
    low, high = (rates[f"false positive, icc {i}"] for i in (ICCS[-1], ICCS[0]))
    worst = rates[f"apparent fraction, icc {ICCS[0]}"]
    return Flag(
        kind="responder selection",
        sentence=(
            "Only people who responded in the open session were analyzed. With no blockade at all "
            f"such an analysis of {x.n} people is significant in {100 * low:.0f} to "
            f"{100 * high:.0f} % of trials (nominal 2.5 % in this direction) and shows up to "
            f"{100 * worst:.0f} % apparent blockade (simulated; session SD {SESSION_SD:g} points "
            "and correlations 0.2 to 0.8 assumed)."
        ),
        numbers=rates,
    )


def _stopping(looked_at: int, planned: int) -> Flag:
    """State what a look at this information would have had to reach, by the two usual rules."""
    share = looked_at / planned
    rules = {"O'Brien-Fleming": Family.OBRIEN_FLEMING_LIKE, "Pocock": Family.POCOCK_LIKE}
    levels = {
        name: 2.0 * float(ndtr(-bounds(Spending(family=f, alpha=0.025), (share, 1.0)).efficacy[0]))
        for name, f in rules.items()
    }
    needed = " and ".join(f"p < {level:.2g} ({name} type)" for name, level in levels.items())
    return Flag(
        kind="stopping",
        sentence=(
            f"The study was read at {looked_at} of {planned} planned people "
            f"({100 * share:.0f} % of the information). Stopping there for efficacy would need "
            f"{needed}; an effect seen at an early stop is exaggerated on average."
        ),
        numbers={"information": share, **{f"p, {k}": v for k, v in levels.items()}},
    )

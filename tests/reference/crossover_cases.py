"""How each two-period, paired and rank analysis of the reference cases is computed."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from crossblock.kernels.ttest import TTest, one_sample
from crossblock.stats.bioequivalence import Observation, fixed_effects
from crossblock.stats.crossover import TwoPeriods, carryover, period, treatment
from crossblock.stats.equivalence import paired_tost, tost
from crossblock.stats.paired import paired_binary
from crossblock.stats.randomization import sequence_test, sign_flip_test
from crossblock.stats.ranks import rank_sum, signed_rank
from crossblock.stats.selection import regression_to_the_mean

Rows = list[dict[str, str]]
Numbers = dict[str, float]
Entry = tuple[Callable[[str, str], bool], Callable[[Rows, str, str], Numbers]]

KEYS = ("subject", "sequence", "period", "treatment", "previous", "visit", "baseline", "group")


@dataclass(frozen=True)
class Direction:
    """Test minus reference, as an analysis names it ("for-sal", "T-R", "B-A")."""

    test: str
    reference: str

    @property
    def words(self) -> str:
        return f"{self.test}-{self.reference}"


@cache
def wording(case: str) -> str:
    """Return all the words of a case's rows: one case keeps one direction throughout."""
    with (Path(__file__).parent / "cases" / "index.csv").open(newline="") as file:
        return " | ".join(
            f"{r['analysis']} {r['quantity']}" for r in csv.DictReader(file) if r["case"] == case
        )


def direction(data: Rows, case: str, analysis: str) -> Direction:
    """Read the direction from the words of the analysis, then of its case; else later letter first.

    "for-sal", "T-R" and "B minus A" are directions.
    """
    names = sorted({r["treatment"] for r in data})
    for words in (analysis, wording(case)):
        for test, reference in ((names[1], names[0]), (names[0], names[1])):
            if re.search(rf"\b{re.escape(test)}\s*(-|minus)\s*{re.escape(reference)}\b", words):
                return Direction(test, reference)
    return Direction(names[1], names[0])


def response(data: Rows) -> str:
    """Name the column that is analyzed: the change where there is one, else the measurement."""
    for usual in ("change", "score"):
        if usual in data[0]:
            return usual
    return next(k for k in data[0] if k not in KEYS)


def periods(data: Rows, case: str, analysis: str) -> tuple[TwoPeriods, list[str], Direction]:
    """Return the pairs in period order, each person's sequence, and the direction."""
    which, column = direction(data, case, analysis), response(data)
    people: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for row in data:
        sequence = row.get("sequence") or row.get("group", "")
        people.setdefault((sequence, row["subject"]), {})[row["period"]] = row
    earlier, later = sorted({row["period"] for row in data})
    first, second, complete, test_first, sequences = [], [], [], [], []
    for (sequence, _), by_period in people.items():
        one, two = by_period.get(earlier), by_period.get(later)
        y1 = float(one[column]) if one and one[column] else np.nan
        y2 = float(two[column]) if two and two[column] else np.nan
        first.append(y1)
        second.append(y2)
        complete.append(bool(np.isfinite(y1 + y2)))
        seen = one or two
        assert seen is not None
        test_first.append((seen["treatment"] == which.test) == (seen is one))
        sequences.append(sequence)
    pairs = TwoPeriods(
        first=np.nan_to_num(np.array([first])),
        second=np.nan_to_num(np.array([second])),
        complete=np.array([complete]),
        test_first=np.array([test_first]),
    )
    return pairs, sequences, which


def words(t: TTest, level: float = 0.95) -> Numbers:
    """Return estimate, SE, t, df, p and interval of a one-row t test."""
    value, se, df = float(t.estimate[0]), float(t.se[0]), float(t.df[0])
    reach = float(stdtrit(df, 0.5 + level / 2)) * se
    percent = f"{100 * level:g}%"
    return {
        "estimate": value,
        "SE": se,
        "t": value / se,
        "df": df,
        "two-sided p": 2 * float(stdtr(df, -abs(value / se))),
        "p": 2 * float(stdtr(df, -abs(value / se))),
        f"{percent} CI lower": value - reach,
        f"{percent} CI upper": value + reach,
    }


def half_differences(data: Rows, case: str, analysis: str) -> Numbers:
    pairs, _, which = periods(data, case, analysis)
    out = words(treatment(pairs))
    out[f"estimate {which.words}"] = out["estimate"]
    out["n completers"] = float(pairs.complete.sum())
    return out


def period_effect(data: Rows, case: str, analysis: str) -> Numbers:
    return words(period(periods(data, case, analysis)[0]))


def sequence_totals(data: Rows, case: str, analysis: str) -> Numbers:
    """Test-first minus reference-first totals, the sequence of a for/sal or BA in front."""
    pairs, _, which = periods(data, case, analysis)
    out = words(carryover(pairs))
    out[
        f"difference of mean totals ({which.test}/{which.reference} minus "
        f"{which.reference}/{which.test})"
    ] = out["estimate"]
    out[f"t ({which.test}{which.reference} first minus {which.reference}{which.test})"] = out["t"]
    return out


def one_group(x: NDArray[np.float64]) -> TTest:
    return one_sample(x[None, :], np.ones((1, len(x)), dtype=bool))


def paired_test(data: Rows, case: str, analysis: str) -> Numbers:
    if "treatment" in data[0]:
        pairs, _, which = periods(data, case, analysis)
        sign = np.where(pairs.test_first, 1.0, -1.0)
        d = (sign * (pairs.first - pairs.second))[pairs.complete]
        name = which.words
    else:
        columns = [k for k in data[0] if k != "subject"]
        d = np.array([float(r[columns[0]]) - float(r[columns[1]]) for r in data])
        name = "-".join(columns)
    out = words(one_group(d))
    out["mean difference"] = out[f"mean difference {name}"] = out["estimate"]
    return out


def randomization(data: Rows, case: str, analysis: str) -> Numbers:
    pairs, sequences, _ = periods(data, case, analysis)
    half = ((pairs.first - pairs.second) / 2)[0]
    kept = pairs.complete[0]
    found = sequence_test(half[kept], [s for s, k in zip(sequences, kept, strict=True) if k])
    assert found.exact
    return {
        "number of allocations": float(found.allocations),
        "two-sided p (|stat|>=|obs|)": found.p,
    }


def ranks(data: Rows, case: str, analysis: str) -> Numbers:
    pairs, _, _ = periods(data, case, analysis)
    half, kept, first = (
        ((pairs.first - pairs.second) / 2)[0],
        pairs.complete[0],
        pairs.test_first[0],
    )
    found = rank_sum(half[kept & first], half[kept & ~first])
    return {
        "W (Mann-Whitney count)": found.statistic,
        "exact two-sided p (ties handled, exactRankTests)": found.p,
        "normal-approx p with continuity correction": found.p_normal,
    }


def columns_difference(data: Rows) -> list[float]:
    a, b = (k for k in data[0] if k != "subject")
    return [float(r[a]) - float(r[b]) for r in data]


def sign_flips(data: Rows, case: str, analysis: str) -> Numbers:
    p, _, exact = sign_flip_test(columns_difference(data))
    assert exact
    return {"two-sided p": p}


def signed_ranks(data: Rows, case: str, analysis: str) -> Numbers:
    found = signed_rank(columns_difference(data))
    return {"V": found.statistic, "two-sided p": found.p}


def observations(data: Rows, column: str) -> list[Observation]:
    return [
        Observation(
            participant=r["subject"],
            sequence=r["sequence"],
            period=r["period"],
            treatment=r["treatment"],
            value=float(r[column]),
        )
        for r in data
        if r[column]
    ]


def equivalence_2x2(data: Rows, case: str, analysis: str) -> Numbers:
    """ANOVA of a 2x2 bioequivalence study, raw or log scale, its interval and its TOST."""
    column = response(data)
    log = "log scale" in analysis
    found = fixed_effects(observations(data, column), log=log)
    e = found.log_estimate
    assert e.se is not None
    assert e.df is not None
    if log:
        return {
            "GMR T/R (%)": 100 * found.ratio,
            "90% CI lower (%)": 100 * found.lower,
            "90% CI upper (%)": 100 * found.upper,
            "intra-subject CV (%)": 100 * found.cv,
        }
    means = least_squares_means(data, column)
    percent = float(re.search(r"\+/-(\d+(\.\d+)?)%", analysis + "+/-20%").group(1))  # type: ignore[union-attr]
    margin = percent / 100 * means["R"]
    both = tost(e.value, e.se, e.df, low=-margin, high=margin)
    return {
        "mean R (LS)": means["R"],
        "mean T (LS)": means["T"],
        "T-R": e.value,
        "intra-subject MSE": found.mse,
        "SE": e.se,
        "90% CI lower": e.lower,
        "90% CI upper": e.upper,
        "df": e.df,
        "t lower": both.t_lower,
        "t upper": both.t_upper,
        "p lower": both.p_lower,
        "p upper": both.p_upper,
        "TOST p": both.p,
    }


def least_squares_means(data: Rows, column: str) -> dict[str, float]:
    """Return the mean over sequence-by-period cells of each treatment."""
    cells: dict[tuple[str, str, str], list[float]] = {}
    for r in data:
        cells.setdefault((r["treatment"], r["sequence"], r["period"]), []).append(float(r[column]))
    names = {k[0] for k in cells}
    return {
        name: float(np.mean([np.mean(v) for k, v in cells.items() if k[0] == name]))
        for name in names
    }


def paired_equivalence(data: Rows, case: str, analysis: str) -> Numbers:
    low, high = map(float, re.search(r"bounds (-?[\d.]+)\.\.(-?[\d.]+)", analysis).groups())  # type: ignore[union-attr]
    columns = [k for k in data[0] if k != "subject"]
    named = re.search(r"TOST (\w+)-(\w+)", analysis)
    assert named is not None
    plus, minus = (next(c for c in columns if c.endswith(w)) for w in named.groups())
    found = paired_tost([float(r[plus]) - float(r[minus]) for r in data], low=low, high=high)
    assert found.estimate.se is not None
    return {
        "mean difference": found.estimate.value,
        "SE": found.estimate.se,
        "t lower": found.t_lower,
        "t upper": found.t_upper,
        "p lower": found.p_lower,
        "p upper": found.p_upper,
        "TOST p": found.p,
        "90% CI lower": found.estimate.lower,
        "90% CI upper": found.estimate.upper,
    }


def binary(data: Rows, case: str, analysis: str) -> Numbers:
    found = paired_binary(
        [float(r["ra"]) for r in data],
        [float(r["rb"]) for r in data],
        [r["sequence"].startswith("A") for r in data],
    )
    assert found.mainland_gart_p is not None
    return {
        "n A only": found.only_a,
        "n B only": found.only_b,
        "exact McNemar two-sided p": found.mcnemar_p,
        "McNemar chi-square without correction": found.mcnemar_chi2,
        "Mainland-Gart Fisher two-sided p": found.mainland_gart_p,
    }


def responders(data: Rows, case: str, analysis: str) -> Numbers:
    """Paired t of B minus A in everyone, and in those whose score under A is half of baseline."""
    people: dict[str, dict[str, dict[str, str]]] = {}
    for r in data:
        people.setdefault(r["subject"], {})[r["treatment"]] = r
    d = np.array([float(p["B"]["change"]) - float(p["A"]["change"]) for p in people.values()])
    fell = np.array(
        [float(p["A"]["score"]) <= 0.5 * float(p["A"]["baseline"]) for p in people.values()]
    )
    everyone, some = words(one_group(d)), words(one_group(d[fell]))
    return {
        "n responders": float(fell.sum()),
        "all: mean difference": everyone["estimate"],
        "all: p": everyone["p"],
        "responders: mean difference": some["estimate"],
        "responders: p": some["p"],
    }


def regression(data: Rows, case: str, analysis: str) -> Numbers:
    return {
        f"bias icc={float(r['icc']):.1f} p={float(r['pr']):.3f}": regression_to_the_mean(
            float(r["icc"]), float(r["pr"]), float(r["sd"])
        )
        for r in data
    }


def says(*parts: str) -> Callable[[str, str], bool]:
    """Match an analysis that has all of these words, whatever the case's name."""
    return lambda case, analysis: all(p.lower() in analysis.lower() for p in parts)


REGISTRY: list[Entry] = [
    (says("two-sample t", "half period differences"), half_differences),
    (says("period effect", "half crossover differences"), period_effect),
    (says("two-sample t", "subject totals"), sequence_totals),
    (says("carryover (sequence) test", "totals"), sequence_totals),
    (says("paired t-test"), paired_test),
    (says("randomisation test of sequence allocation"), randomization),
    (says("Wilcoxon rank-sum", "half period differences"), ranks),
    (says("sign-flip permutation"), sign_flips),
    (says("Wilcoxon signed rank"), signed_ranks),
    (says("2x2 crossover, ", "90% CI", "scale"), equivalence_2x2),
    (says("Schuirmann TOST"), equivalence_2x2),
    (says("paired TOST"), paired_equivalence),
    (says("exact McNemar"), binary),
    (says("paired t of change", "responders"), responders),
    (says("responder cut-off", "no treatment effect"), regression),
]

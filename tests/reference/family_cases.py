"""How each analysis of the other reference families is computed: sequential, size, blinding, rest.

Parameters are read from a case's own data and from the words of its analysis, so that further cases
of the same families need no new code.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from crossblock.load import instrument as load
from crossblock.stats import bioequivalence as be
from crossblock.stats.bayes_factor import jzs
from crossblock.stats.blinding import Guesses, bang, james
from crossblock.stats.conditional import (
    conditional_power,
    conditional_rejection_probability,
    current_trend,
    predictive_power,
)
from crossblock.stats.designs import balance, constants, williams
from crossblock.stats.mediation import mediate
from crossblock.stats.power import assurance, paired_t_power, sequential_size
from crossblock.stats.predictive import predictive_probability
from crossblock.stats.sequential import (
    Boundary,
    Rule,
    Shape,
    bounds,
    characteristics,
    inflation,
    required_drift,
)
from crossblock.stats.spending import Family, Spending
from crossblock.stats.stopped import Stop, final_estimate, repeated_interval, stagewise_p
from crossblock.stats.synthesis import random_effects
from tests.reference.crossover_cases import Entry, Numbers, Rows, observations, says

Z_ALPHA = -float(ndtri(0.025))
NAMES = {
    "asof": (Family.OBRIEN_FLEMING_LIKE, ()),
    "ld-obf": (Family.OBRIEN_FLEMING_LIKE, ()),
    "asp": (Family.POCOCK_LIKE, ()),
    "ld-pocock": (Family.POCOCK_LIKE, ()),
    "ashsd": (Family.HWANG_SHIH_DECANI, ("gammaA", "gamma")),
    "hsd": (Family.HWANG_SHIH_DECANI, ("gammaA", "gamma")),
    "askd": (Family.KIM_DEMETS, ("rhoA", "rho", "gammaA", "gamma")),
    "kim-demets": (Family.KIM_DEMETS, ("rhoA", "rho")),
}


def number_after(words: str, *names: str, default: float | None = None) -> float:
    """Return the number that follows one of the names in `words` ("gamma=-4", "alpha .025")."""
    for name in names:
        found = re.search(rf"{name}\s*=?\s*(-?\d*\.?\d+)", words)
        if found:
            return float(found.group(1))
    assert default is not None, f"no {names} in {words!r}"
    return default


def spending(words: str) -> Spending:
    """Read a spending function from the words of an analysis, one-sided 0.025 unless stated."""
    alpha = number_after(words, "one-sided alpha", "one-sided", "alpha", default=0.025)
    for key in sorted(NAMES, key=len, reverse=True):
        family, names = NAMES[key]
        if key in words.lower():
            parameter = number_after(words, *names) if names else 0.0
            return Spending(family=family, alpha=alpha, parameter=parameter)
    raise AssertionError(f"no spending function in {words!r}")


def fractions(data: Rows, words: str) -> list[float]:
    if "information" in data[0]:
        return [float(r["information"]) for r in data]
    if "information1" in data[0]:
        return [float(data[0]["information1"]), 1.0]
    found = re.search(r"information ([\d.]+(?:/[\d.]+)+)", words)
    if found:
        return [float(x) for x in found.group(1).split("/")]
    looks = re.search(r"(\d+)/(\d+) looks", words)
    assert looks is not None, words
    return [int(looks.group(1)) / int(looks.group(2)), 1.0]


def by_look(boundary: Boundary) -> Numbers:
    out: Numbers = {}
    for k in range(boundary.looks):
        out[f"critical Z look {k + 1}"] = boundary.efficacy[k]
        out[f"cumulative alpha spent look {k + 1}"] = boundary.alpha_spent[k]
        out[f"nominal one-sided p look {k + 1}"] = boundary.nominal_p[k]
    return out


def spending_bounds(data: Rows, case: str, analysis: str) -> Numbers:
    return by_look(bounds(spending(analysis), fractions(data, analysis)))


def classic_constants(data: Rows, case: str, analysis: str) -> Numbers:
    out: Numbers = {}
    for r in data:
        K, alpha = int(r["K"]), float(r["alpha"])
        t = [k / K for k in range(1, K + 1)]
        for name, short, delta in (("Pocock", "P", 0.5), ("OBF", "B", 0.0)):
            rule: Rule = Shape(delta=delta, alpha=alpha)
            b = bounds(rule, t, sides=2)
            label = "C_P" if name == "Pocock" else "C_B (final-look critical value)"
            out[f"{name} {label} K={K}"] = b.efficacy[-1]
            out[f"{name} inflation R_{short} power .9 K={K}"] = inflation(b, 0.9)
    return out


def gsdesign(data: Rows, case: str, analysis: str) -> Numbers:
    t = fractions(data, analysis)
    b = bounds(spending(analysis), t)
    power = number_after(analysis, "power")
    ratio = inflation(b, power)
    null, effect = characteristics(b, 0.0), characteristics(b, required_drift(b, power))
    steps = np.diff(b.alpha_spent, prepend=0.0)
    out: Numbers = {
        "E{N} ratio under H0": ratio * null.expected_information,
        "E{N} ratio under H1": ratio * effect.expected_information,
    }
    for k in range(b.looks):
        out[f"sample size ratio look {k + 1}"] = ratio * t[k]
        out[f"Z look {k + 1}"] = b.efficacy[k]
        out[f"nominal p look {k + 1}"] = b.nominal_p[k]
        out[f"spend look {k + 1}"] = float(steps[k])
    return out


def one_group_size(data: Rows, case: str, analysis: str) -> Numbers:
    r = data[0]
    rule = replace(spending(analysis), alpha=float(r["alpha"]))
    b = bounds(rule, fractions(data, analysis))
    size = sequential_size(b, float(r["alternative"]), float(r["sd"]), power=float(r["power"]))
    out: Numbers = {"max n": size.maximum, "expected n under H1": size.expected}
    for k in range(b.looks):
        out[f"n at look {k + 1}"] = size.looks[k]
        out[f"P(reject at look {k + 1} | H1)"] = size.under_effect.stop_efficacy[k]
    return out


def sequential_analysis(data: Rows, case: str, analysis: str) -> Numbers:
    """Overall t statistics at each stage, repeated intervals, and the stage-wise final analysis."""
    b = bounds(spending(analysis), fractions(data, analysis))
    out: Numbers = {}
    n, total, squares = 0.0, 0.0, 0.0
    for k, r in enumerate(data, start=1):
        m, mean, sd = float(r["n"]), float(r["mean_diff"]), float(r["sd_diff"])
        n, total = n + m, total + m * mean
        squares += (m - 1) * sd**2 + m * mean**2
        overall = total / n
        spread = math.sqrt((squares - n * overall**2) / (n - 1))
        stop = Stop(look=k, estimate=overall, se=spread / math.sqrt(n), df=n - 1)
        repeated = repeated_interval(b, stop)
        assert repeated.p is not None
        out[f"overall test statistic t stage {k}"] = stop.estimate / stop.se
        out[f"overall one-sided p stage {k}"] = stop.p
        out[f"repeated CI lower stage {k}"] = repeated.lower
        out[f"repeated CI upper stage {k}"] = repeated.upper
        out[f"repeated p stage {k}"] = repeated.p
    final = final_estimate(b, stop, frame="normal")
    out["final p (stage-wise ordering)"] = stagewise_p(b, stop.look, stop.z)
    out["final CI lower"], out["final CI upper"] = final.lower, final.upper
    out["median unbiased estimate"] = final.value
    return out


def conditional(data: Rows, case: str, analysis: str) -> Numbers:
    r = data[0]
    n1, n2 = float(r["n1"]), float(r["n2"])
    b = bounds(spending(analysis), [n1 / (n1 + n2), 1.0])
    z = float(r["mean1"]) * math.sqrt(n1) / float(r["sd1"])
    drift = float(r["thetaH1"]) * math.sqrt(n1 + n2) / float(r["assumed_sd"])
    return {
        "conditional power": conditional_power(b, 1, z, drift),
        "conditional rejection probability": conditional_rejection_probability(b, 1, z),
    }


def predictive(data: Rows, case: str, analysis: str) -> Numbers:
    out: Numbers = {}
    for i, r in enumerate(data, start=1):
        t, z = float(r["information"]), float(r["z1"])
        # One look only: nothing can stop at t, and the end asks for 1.96.
        b = bounds(
            Spending(family=Family.KIM_DEMETS, alpha=0.025, parameter=1.0),
            [t, 1.0],
            spent_at=[1e-14, 1.0],
        )
        out[f"predictive power row {i}"] = predictive_power(b, 1, z)
        trend = current_trend(b, 1, z)
        out[f"conditional power current trend row {i}"] = conditional_power(b, 1, z, trend)
        out[f"conditional power H0 row {i}"] = conditional_rejection_probability(b, 1, z)
    return out


def lee_liu(data: Rows, case: str, analysis: str) -> Numbers:
    out: Numbers = {}
    for r in data:
        a, b = float(r["a"]), float(r["b"])
        found = predictive_probability(
            int(r["x"]),
            int(r["n"]),
            int(r["N"]),
            acceptable=float(r["p0"]),
            certainty=float(r["theta_T"]),
            prior=(a, b),
        )
        p0 = f"p0={r['p0'].lstrip('0')}"
        short = f"a={r['a'].lstrip('0')},b={r['b'].lstrip('0')}"
        out[f"PP Lee-Liu Table 1 ({short},{p0})"] = found.probability
        if a == b:
            out[f"PP ph2bye example (a=b={r['a']},{p0})"] = found.probability
    return out


def hauschke(data: Rows, case: str, analysis: str) -> Numbers:
    return {
        f"N power={r['power']} CV={float(r['CV']):.3f} theta0={float(r['theta0']):.2f}": be.size(
            "2x2", float(r["CV"]), float(r["theta0"]), target=float(r["power"])
        ).n
        for r in data
    }


def sizes_by_design(data: Rows, case: str, analysis: str) -> Numbers:
    out: Numbers = {}
    for r in data:
        size = be.size(
            r["design"],
            float(r["CV"]),
            float(r["theta0"]),
            target=float(r["targetpower"]),
            alpha=float(r["alpha"]),
        )
        out[f"N {r['design']}"] = size.n
        out[f"achieved power {r['design']}"] = size.power
    return out


def design_constants(data: Rows, case: str, analysis: str) -> Numbers:
    out: Numbers = {}
    for r in data:
        c = constants(r["design"])
        out[f"bk {c.name}"], out[f"bkni {c.name}"] = c.bk, c.bkni
        out[f"steps {c.name}"] = c.sequences
    return out


def interval_from_cv(data: Rows, case: str, analysis: str) -> Numbers:
    out: Numbers = {}
    for r in data:
        groups = [int(x) for x in r["n"].split("+")]
        n = groups if len(groups) > 1 else groups[0]
        low, high = be.interval_from_cv(float(r["pe"]), float(r["CV"]), n, r["design"])
        out[f"n={r['n']} lower"], out[f"n={r['n']} upper"] = low, high
    return out


def method_a(data: Rows, case: str, analysis: str) -> Numbers:
    found = be.fixed_effects(observations(data, "PK"))
    return {
        "point estimate (%)": 100 * found.ratio,
        "90% CI lower (%)": 100 * found.lower,
        "90% CI upper (%)": 100 * found.upper,
    }


def reference_cv(data: Rows, case: str, analysis: str) -> Numbers:
    """Only the CV of the reference; the interval of method B is the mixed engine's."""
    return {"CVwR (%) (from R-only ANOVA)": 100 * be.within_cv(observations(data, "PK"))}


def paired_power(data: Rows, case: str, analysis: str) -> Numbers:
    return {
        f"power n={r['n']} delta={float(r['delta']):.1f}": paired_t_power(
            float(r["n"]), float(r["delta"]), float(r["sd"])
        )
        for r in data
    }


def assurances(data: Rows, case: str, analysis: str) -> Numbers:
    return {
        f"assurance row {i}": assurance(
            float(r["n"]), float(r["prior_mean"]), float(r["prior_sd"]), float(r["sd_diff"])
        )
        for i, r in enumerate(data, start=1)
    }


def guesses(data: Rows) -> Guesses:
    arms = [k for k in data[0] if k != "guess"]
    counts = {
        arm: {r["guess"] if r["guess"] in arms else "do not know": int(r[arm]) for r in data}
        for arm in arms
    }
    return Guesses(counts=counts)


def james_index(data: Rows, case: str, analysis: str) -> Numbers:
    e = james(guesses(data))
    assert e.se is not None
    return {"James BI": e.value, "SE": e.se, "95% CI lower": e.lower, "95% CI upper": e.upper}


def bang_index(data: Rows, case: str, analysis: str) -> Numbers:
    found = bang(guesses(data), analysis.rsplit("arm ", 1)[1].strip())
    e = found.estimate
    assert e.se is not None
    return {
        "Bang BI": e.value,
        "SE": e.se,
        "95% two-sided CI lower": e.lower,
        "95% two-sided CI upper": e.upper,
        "one-sided 95% lower limit": found.lower_limit,
    }


def bayes_rows(data: Rows, case: str, analysis: str) -> Numbers:
    out: Numbers = {}
    for i, r in enumerate(data, start=1):
        n2 = int(r["n2"]) if r.get("n2") else None
        bf = jzs(float(r["t"]), int(r["n1"]), n2, r=float(r["rscale"])).bf10
        size = f"n1={r['n1']}" + (f" n2={n2}" if n2 else "")
        out[f"BF10 row {i} t={r['t']} {size}"] = bf
        out[f"BF10 row {i}"] = bf
    return out


def bayes_paired(data: Rows, case: str, analysis: str) -> Numbers:
    a, b = (k for k in data[0] if k != "subject")
    d = np.array([float(r[a]) - float(r[b]) for r in data])
    t = float(d.mean() / d.std(ddof=1) * math.sqrt(len(d)))
    return {"BF10": jzs(t, len(d)).bf10}


def synthesis(data: Rows, case: str, analysis: str) -> Numbers:
    y, v = [float(r["yi"]) for r in data], [float(r["vi"]) for r in data]
    reml, dl = random_effects(y, v), random_effects(y, v, estimator="DL")
    assert reml.normal.se is not None
    assert reml.knapp_hartung.se is not None
    return {
        "REML mu": reml.mean.value,
        "REML SE": reml.normal.se,
        "REML tau2": reml.tau2,
        "I2 (%)": 100 * reml.I2,
        "Q": reml.Q,
        "prediction interval lower": reml.prediction_normal[0],
        "prediction interval upper": reml.prediction_normal[1],
        "Knapp-Hartung SE": reml.knapp_hartung.se,
        "Knapp-Hartung CI lower": reml.knapp_hartung.lower,
        "Knapp-Hartung CI upper": reml.knapp_hartung.upper,
        "DL tau2": dl.tau2,
        "DL mu": dl.mean.value,
    }


def mediation(data: Rows, case: str, analysis: str) -> Numbers:
    named = re.search(r"\((\w+) minus (\w+)\)", analysis)
    assert named is not None
    columns = [
        [float(r[f"{score}_{condition}"]) for r in data]
        for score in "my"
        for condition in named.groups()
    ]
    m = mediate(*columns)
    assert m.a.se is not None
    assert m.b.se is not None
    assert m.b.p is not None
    return {
        "a path (mean M difference)": m.a.value,
        "SE a": m.a.se,
        "b path": m.b.value,
        "SE b": m.b.se,
        "total effect c": m.total.value,
        "direct effect c' (at observed mean, intercept)": m.direct.value,
        "indirect effect a*b": m.indirect.value,
        "Sobel SE of a*b": m.sobel_se,
        "p of b": m.b.p,
    }


def williams_properties(data: Rows, case: str, analysis: str) -> Numbers:
    out: Numbers = {}
    for r in data:
        t = int(r["treatments"])
        b = balance(williams([chr(ord("A") + i) for i in range(t)]))
        assert b.uniform
        assert b.balanced
        out[f"sequences t={t}"] = b.sequences
        out[f"ordered-pair count t={t}"] = next(iter(b.follows.values()))
        out[f"count per period t={t}"] = next(iter(b.per_period.values()))
    return out


def hamd(data: Rows, case: str, analysis: str) -> Numbers:
    """Totals, bands and changes of HAM-D answers, scored by the shipped instrument."""
    scale = load.read("hamd17")
    bands = [band.name for band in scale.scale().bands]
    out: Numbers = {}
    totals: Numbers = {}
    for r in data:
        score = scale.score({k: float(v) for k, v in r.items() if k != "id"})
        assert score.total is not None
        core = score.subscales["hamd6"]
        assert core is not None
        totals[r["id"]] = score.total
        out[f"HAM-D-17 {r['id']}"], out[f"HAM-D-6 {r['id']}"] = score.total, core
        out[f"severity band index 0-4 {r['id']}"] = bands.index(score.band)
    for before, b in totals.items():
        for after, a in totals.items():
            out[f"response {before}->{after}"] = float(scale.responded(b, a))
            out[f"remission {before}->{after}"] = float(scale.remitted(a))
            out[f"percent reduction {before}->{after}"] = 100 * scale.reduction(b, a)
    return out


def spends(case: str, analysis: str) -> bool:
    return " spending as" in analysis and "statistics" not in analysis


REGISTRY: list[Entry] = [
    (spends, spending_bounds),
    (says("Pocock / O'Brien-Fleming constants"), classic_constants),
    (says("gsDesign", "sample size ratio"), gsdesign),
    (says("one-group", "max n"), one_group_size),
    (says("one-group mean", "overall statistics"), sequential_analysis),
    (says("conditional power at", "rejection probability"), conditional),
    (says("Bayesian predictive power"), predictive),
    (says("beta-binomial predictive probability"), lee_liu),
    (says("exact TOST total sample size, 2x2"), hauschke),
    (says("exact TOST total N", "by design"), sizes_by_design),
    (says("design constant bk"), design_constants),
    (says("CI from point estimate, CV"), interval_from_cv),
    (says("Method A / ABE"), method_a),
    (says("Method B option 2"), reference_cv),
    (says("paired t power"), paired_power),
    (says("assurance ("), assurances),
    (says("James blinding index"), james_index),
    (says("Bang blinding index"), bang_index),
    (says("JZS Bayes factor from t"), bayes_rows),
    (says("JZS Bayes factor BF10"), bayes_paired),
    (says("random-effects meta-analysis"), synthesis),
    (says("within-subject mediation"), mediation),
    (says("Williams design:"), williams_properties),
    (says("HAM-D-17"), hamd),
]

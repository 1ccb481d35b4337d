"""Issue E: weigh the evidence."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp
from scipy.stats import nct

from crossblock.cli.weighed import default_folder
from crossblock.core.errors import CrossblockError
from crossblock.domain.odds import Parted
from crossblock.domain.predicted import Fate, Predicted
from crossblock.domain.weighed import Outcome, WeighedStudy, check_fit
from crossblock.load import evidence
from crossblock.report import odds as odds_words
from crossblock.weigh.compare import LABELS, log_evidence, odds, parted, priors
from crossblock.weigh.holdout import compared, sealed
from crossblock.weigh.moments import grid
from crossblock.weigh.posterior import Posterior, Standing
from crossblock.weigh.replicate import replicate
from crossblock.weigh.sbc import band, brier, one_of, reliability
from crossblock.weigh.tables import CRITICAL, event_table
from crossblock.weigh.tempering import Cloud, ess
from crossblock.weigh.terms import Tables, log_likelihood, over_studies, paired
from proofs.proof import CLI, Register, Shown, run
from proofs.weigh_sets import ROWS, STUDIES, bank, log_marginals, sets, setup, stand

register = Register("e")
Array = NDArray[np.float64]
SETS = 500
EVEN = priors()["H1 to H5 alike"]


def load() -> list[float]:
    return [round(x, 2) for x in os.getloadavg()]


@register.line(
    "sbc",
    "simulation-based calibration, 500 sets: ranks inside simultaneous 99 % ECDF bands for all "
    "parameters; stated probabilities inside the 95 % reliability band; Brier score below the "
    "prior's",
)
def sbc() -> Shown:
    found = sets(SETS)
    symbols = sorted({s for f in found for s in f.places})
    ranks = {}
    for symbol in symbols:
        u = [f.places[symbol] for f in found if symbol in f.places]
        ranks[symbol] = {
            "sets": len(u),
            "outside_by": round(band(len(u)).outside(u), 4),
            "mean": round(float(np.mean(u)), 3),
            "below_5_percent": round(float(np.mean(np.array(u) < 0.05)), 3),
            "above_95_percent": round(float(np.mean(np.array(u) > 0.95)), 3),
        }
    labels = list(found[0].stated)
    label_of = {v: labels.index(label) for label, vs in LABELS.items() for v in vs}
    truth = np.array([label_of[f.truth] for f in found])
    stated = np.array([[f.stated[x] for x in labels] for f in found])
    prior = np.tile([EVEN[x] for x in labels], (len(found), 1))
    bins = reliability(stated, truth)
    scores = brier(stated, truth), brier(prior, truth)
    left = [s for s, r in ranks.items() if r["outside_by"] > 0.0]
    return Shown(
        holds=len(found) >= SETS and not left and bins.inside and scores[0] < scores[1],
        numbers={
            "sets": len(found),
            "parameters": len(symbols),
            "outside_their_band": left,
            "ranks": ranks,
            "reliability": [
                {
                    "stated": round(float(s), 3),
                    "came_true": round(float(t), 3),
                    "band": [round(float(a), 3), round(float(b), 3)],
                    "statements": int(n),
                }
                for s, t, a, b, n in zip(
                    bins.stated, bins.true, bins.low, bins.high, bins.count, strict=True
                )
            ],
            "reliability_inside": bins.inside,
            "brier": round(scores[0], 4),
            "brier_of_the_prior": round(scores[1], 4),
            "truths": {v: sum(f.truth == v for f in found) for v in sorted(label_of)},
        },
        note=f"{len(symbols) - len(left)} of {len(symbols)} parameters inside; truths and people "
        "are drawn afresh, not from the bank's nodes",
    )


RATIOS = (0.35, 0.5, 0.72, 0.9)
RATIO_BINS = np.linspace(0.35, 1.0, 8)
FALL_BINS = np.array([0.15, 0.25, 0.35, 0.45, 0.55, 0.7])
ESTIMABLE = 10.0  # effective prior draws below which a marginal likelihood is noise
LEAST = 5  # particles of every variant in a cell that is matched


def ratio_and_fall(s: Standing) -> tuple[Array, Array]:
    """Return the share (N,) of the day-1 fall left under the blocker, and the open fall (N,)."""
    size = -np.log1p(-s.rival.particles["fall"])[:, None]
    falls = []
    for regimen in ("ketamine", "ketamine-naltrexone"):
        R = s.rival.reach.at(regimen, 24.0)
        assert R is not None
        falls.append(-np.expm1(-size * R).mean(axis=1))
    return np.asarray(falls[1] / falls[0]), np.asarray(falls[0])


def matched(who: dict[str, Standing]) -> dict[str, Array]:
    """Return log weights that give every variant one prior predictive of (ratio, open fall).

    Uniform over the cells that all variants reach.
    """
    cells = {}
    for v, s in who.items():
        ratio, fall = ratio_and_fall(s)
        i, j = np.digitize(ratio, RATIO_BINS) - 1, np.digitize(fall, FALL_BINS) - 1
        ok = (i >= 0) & (i < len(RATIO_BINS) - 1) & (j >= 0) & (j < len(FALL_BINS) - 1)
        cells[v] = np.where(ok, i * len(FALL_BINS) + j, -1)
    total = len(RATIO_BINS) * len(FALL_BINS)
    count = {v: np.bincount(c[c >= 0], minlength=total) for v, c in cells.items()}
    shared = np.min(list(count.values()), axis=0) >= LEAST
    out = {}
    for v, c in cells.items():
        inside = (c >= 0) & shared[c]
        w = np.full(len(c), -np.inf)
        w[inside] = -np.log(count[v][c[inside]])
        out[v] = w - logsumexp(w)
    return out


def prior_of(v: str) -> Standing:
    """Return the prior draws of a variant as equally weighted particles."""
    rival = bank().rivals[v]
    N = rival.particles.count
    cloud = Cloud(
        atoms=np.arange(N), z=rival.particles.z, island=np.arange(N) % 4, log_evidence=0.0,
        error=0.0, effective=float(N), powers=(0.0,), accepted=0.0,
    )  # fmt: skip
    return Standing(cloud=cloud, rival=rival)


def marginal(s: Standing, w: Array, study: WeighedStudy, found: Outcome, tables: Tables) -> float:
    return float(logsumexp(w + log_likelihood(study, found, s.rival, tables)))


def bayes_factor(
    here: dict[str, Standing], w: dict[str, Array], study: WeighedStudy, found: Outcome, t: Tables
) -> float:
    """Return log BF of H4 over H5, the two variants of H4 averaged."""
    four = [marginal(here[v], w[v], study, found, t) for v in LABELS["H4"]]
    five = marginal(here["h5"], w["h5"], study, found, t)
    return float(logsumexp(four) - np.log(len(four))) - five


def simulated(
    three: dict[str, Standing], w: dict[str, Array], mood: WeighedStudy, tables: Tables
) -> tuple[dict[str, Array], dict[str, dict[str, float]], list[dict[str, float]]]:
    """Return the ratios (N,), what simulated crossovers say by true ratio, and reports beyond.

    Beyond are reports that too few prior draws could have given: their evidence is noise.
    """
    ratios = {v: np.where(np.isfinite(w[v]), ratio_and_fall(s)[0], 9.0) for v, s in three.items()}
    rng = np.random.Generator(np.random.Philox(key=45))
    by_truth: dict[str, dict[str, float]] = {}
    beyond: list[dict[str, float]] = []
    for at in RATIOS:
        found = []
        for v, x in ratios.items():
            near = np.argsort(np.abs(x - at))[:40]
            for row in rng.choice(near, size=20 if v == "h5" else 10, replace=False):
                data = replicate(mood, setup().like[mood.id], one_of(three[v].rival, row), rng)
                factor = bayes_factor(three, w, mood, data, tables)
                draws = min(ess(w[r] + log_likelihood(mood, data, s.rival, tables))
                            for r, s in three.items())  # fmt: skip
                if draws >= ESTIMABLE:
                    found.append(factor)
                else:
                    row_ = (at, float(data.value), factor, draws)
                    names = ("true_ratio", "root_of_F", "log_bf", "effective_draws")
                    beyond.append(dict(zip(names, (round(x, 2) for x in row_), strict=True)))
        by_truth[str(at)] = {
            "median": round(float(np.median(np.abs(found))), 3),
            "below_0.5": round(float(np.mean(np.abs(found) < 0.5)), 3),
            "largest": round(float(np.max(np.abs(found))), 3),
            "sets": len(found),
        }
    return ratios, by_truth, beyond


@register.line(
    "h4-v-h5",
    "H4 v H5 on mood alone (true ratio >= 0.35, matched prior predictives): |log BF| < 0.5 and the "
    "report says they cannot be told apart; adding Glx separates H3a",
)
def apart() -> Shown:
    here, tables = stand(), setup().tables
    mood, glx = STUDIES.study("jelen-2025-mood"), STUDIES.study("jelen-2025-glx")
    three = {v: prior_of(v) for v in (*LABELS["H4"], "h5")}
    w = matched(three)
    ratios, by_truth, beyond = simulated(three, w, mood, tables)
    published = bayes_factor(three, w, mood, setup().like[mood.id], tables)
    pair = [p for p in pairs_of(three, w, mood, tables) if {p.first, p.second} == {"H4", "H5"}]
    said = odds_words.alike("H4", tuple(pair))
    gates = {
        v: [marginal(here[v], np.full(len(here[v].cloud.atoms), -np.log(len(here[v].cloud.atoms))),
                     s, setup().like[s.id], tables) for s in (mood, glx)]
        for v in ("h3a", *LABELS["H4"], "h5")
    }  # fmt: skip
    gain = {v: round(gates["h3a"][1] - g[1], 3) for v, g in gates.items() if v != "h3a"}
    largest = max(b["largest"] for b in by_truth.values())
    return Shown(
        holds=largest < 0.5
        and len(beyond) <= 0.05 * 40 * len(RATIOS)
        and abs(published) < 0.5
        and said == ("H5",)
        and min(gain.values()) > np.log(3.0)
        and abs(gain["h4-release"] - gain["h5"]) < 0.01,
        numbers={
            "log_bf_by_true_ratio": by_truth,
            "beyond_what_the_draws_can_tell": beyond,
            "log_bf_published_mood": round(published, 3),
            "report_does_not_distinguish_H4_from": list(said),
            "log_bf_that_glx_adds_for_h3a": gain,
            "glx_adds_between_h4_and_h5": round(gain["h5"] - gain["h4-release"], 6),
            "ratios_reached": {
                v: [round(float(q), 2) for q in np.quantile(x[x <= 1.0], (0.025, 0.5, 0.975))]
                for v, x in ratios.items()
            },
        },
        note="prior predictives of (ratio left, open fall) matched cell by cell; whole "
        "simulated crossovers of 26; the promise is asked of every set whose evidence rests on at "
        f"least {ESTIMABLE:g} effective draws of {bank().size}; the others are listed",
    )


def pairs_of(
    here: dict[str, Standing], w: dict[str, Array], mood: WeighedStudy, tables: Tables
) -> tuple[Parted, ...]:
    """Return the pairs of the report's own rule on the published mood test alone."""
    found = {}
    for v, weights in w.items():
        L = marginal(here[v], weights, mood, setup().like[mood.id], tables)
        found[v] = Posterior(
            rival=here[v].rival, weight=np.exp(weights), log_marginal=L, error=0.0, effective=1.0,
            tempered=False, each={},
        )  # fmt: skip
    return parted(log_evidence(found))


REPORTS = 400


def reported(n: int) -> WeighedStudy:
    williams = STUDIES.study("williams-2018")
    arms = tuple(replace(a, n=n) for a in williams.arms)
    return replace(williams, id=f"responders-only-{n}", arms=arms)


def naive(study: WeighedStudy, found: Outcome, s: Standing) -> Array:
    """Return log P(the test comes out so) with responders taken as chosen beforehand: paired t."""
    g = grid(s.rival.particles, s.rival.amplitude_cv)
    mo, mb, so, sb, r = paired(study, s.rival, g).pair()
    k = int(found.value[0])
    sd = np.sqrt(np.maximum(so**2 + sb**2 - 2.0 * r * so * sb, 1e-9))
    shift = (mo - mb) / sd * np.sqrt(k)
    p = nct.sf(CRITICAL[k - 1], k - 1, np.clip(shift, -30.0, 30.0))
    p = np.clip(np.nan_to_num(p, nan=1.0), 1e-6, 1.0 - 1e-6)
    return over_studies(np.log(p if found.value[1] == 1.0 else 1.0 - p), g)


def stated(here: dict[str, Standing], each: Callable[[Standing], Array]) -> dict[str, float]:
    """Return the probability of every label from a column of log-likelihoods a mechanism."""
    found = {}
    for v, s in here.items():
        L = each(s)
        found[v] = Posterior(
            rival=s.rival, weight=np.full(len(L), 1.0 / len(L)), error=0.0, effective=1.0,
            log_marginal=float(logsumexp(L) - np.log(len(L))), tempered=False, each={},
        )  # fmt: skip
    return {r.label: r.probability for r in odds(log_evidence(found), EVEN).rows}


def thin(s: Standing, keep: int) -> Standing:
    rows = np.arange(0, len(s.cloud.atoms), len(s.cloud.atoms) // keep)
    rival = replace(s.rival, particles=s.rival.particles.take(rows), reach=s.rival.reach.take(rows))
    return Standing(cloud=s.cloud, rival=rival)


def wrong(
    seen: Sequence[Outcome], here: dict[str, Standing], says: Callable[[Standing, Outcome], Array]
) -> tuple[Array, Array]:
    """Return, for each report, the highest probability of a wrong label, and that of H1."""
    known: dict[tuple[float, ...], tuple[float, float]] = {}
    for o in seen:
        key = tuple(o.value[:2])
        if key not in known:
            p = stated(here, lambda s, o=o: says(s, o))  # type: ignore[misc]
            known[key] = max(x for label, x in p.items() if label != "H1"), p["H1"]
    both = np.array([known[tuple(o.value[:2])] for o in seen])
    return both[:, 0], both[:, 1]


@register.line(
    "zero-blockade",
    "zero-blockade truth with responder-only reporting: P(a wrong mechanism > 0.9) <= 5 %, the "
    "naive analysis beside it",
)
def zero() -> Shown:
    here = {v: thin(s, 512) for v, s in stand().items()}
    truth = here["h1"].rival
    numbers: dict[str, dict[str, object]] = {}
    worst = 0.0
    for n in (12, 60):
        study = reported(n)
        tables = Tables(event={study.id: event_table(n, folder=default_folder())}, test={})
        rng = np.random.Generator(np.random.Philox(key=n))
        seen = []
        for row in rng.integers(truth.particles.count, size=REPORTS):
            like = setup().like["williams-2018"]
            data = replicate(study, like, one_of(truth, int(row)), rng)
            if data.value[0] >= 2:  # fewer responders leave no test to report
                seen.append(replace(data, value=np.array([*data.value[:2], np.nan])))
        said = np.array([o.value[1] == 1.0 for o in seen])
        ways: dict[str, Callable[[Standing, Outcome], Array]] = {
            "weighed": lambda s, o, d=study, t=tables: log_likelihood(d, o, s.rival, t),  # type: ignore[misc]
            "naive": lambda s, o, d=study: naive(d, o, s),  # type: ignore[misc]
        }
        row_: dict[str, object] = {
            "reports": len(seen),
            "significant_among_responders": round(float(said.mean()), 3),
        }
        for how, says in ways.items():
            high, h1 = wrong(seen, here, says)
            row_[how] = {
                "a_wrong_one_above_0.9": round(float(np.mean(high > 0.9)), 4),
                "same_where_significant": round(float(np.mean(high[said] > 0.9)), 4),
                "largest_wrong": round(float(high.max()), 3),
                "mean_probability_of_H1": round(float(h1.mean()), 3),
                "same_where_significant_H1": round(float(h1[said].mean()), 3),
            }
            if how == "weighed":
                worst = max(worst, float(np.mean(high > 0.9)), float(np.mean(high[said] > 0.9)))
        numbers[f"{n} people"] = row_
    return Shown(
        holds=worst <= 0.05,
        numbers=numbers,
        note="one crossover a report: how many responded when open, and whether their falls "
        "differ; prior odds of H1 are 0.2, so a wrong account starts at 0.8 together",
    )


def verb(*arguments: str, bank_in: Path | None = None) -> tuple[dict[str, object], str, float]:
    """Run `crossblock weigh`; return its answer, what it said, and wall seconds."""
    where = ("--bank", str(bank_in)) if bank_in else ()
    out, said, status, wall = run(CLI, "weigh", "--json", *where, *arguments)
    if status not in (0, 1):
        raise RuntimeError(said[-300:])
    return json.loads(out), said, wall


MINE = """schema = "crossblock/weighing/1"

[[study]]
id = "mine"
title = "A crossover of the user's"
evidence = "Mine 2026"
kind = "test"
role = "mechanism"
family = "mine"
endpoint = "MADRS condition-by-time interaction"
statistic = "F"
times_h = [24.0]
arm = [
  { label = "open", regimen = "ketamine", setting = "masked", n = 30 },
  { label = "blocked", regimen = "ketamine-naltrexone", setting = "masked", n = 30 },
]
"""
MINE_ROWS = (
    "study,drug,endpoint,statistic,value,n,confidence\n"
    'Mine 2026,ketamine,MADRS condition-by-time interaction,"F (1,86)",3.1,30,read in the paper\n'
)


def seconds(said: str, words: str) -> float:
    found = re.search(words + r"[^\n]*\(([0-9.]+) s\)", said)
    return float(found[1]) if found else float("nan")


@register.line(
    "speed",
    "bank build <= 15 min on 2 cores, stated separately and cached; the shipped evidence weighed "
    "in < 2 min from the bank; one study added in < 30 s; the bank is resumable and seeded",
)
def speed() -> Shown:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, said, cold = verb(bank_in=folder / "bank")
        built = seconds(said, "building the bank")
        size = sum(p.stat().st_size for p in (folder / "bank").glob("*.npz"))
        _, _, warm = verb(bank_in=folder / "bank")
        (folder / "mine.toml").write_text(MINE, encoding="utf-8")
        (folder / "mine.csv").write_text(MINE_ROWS, encoding="utf-8")
        more, _, added = verb(
            str(folder / "mine.csv"),
            "--studies",
            str(folder / "mine.toml"),
            bank_in=folder / "bank",
        )
        shutil.copytree(folder / "bank", default_folder(), dirs_exist_ok=True)  # for the hold-out
        entered = all("mine" in m["each"] for m in more["mechanisms"])  # type: ignore[attr-defined]
    return Shown(
        holds=built <= 900 and warm < 120 and added < 30 and entered,
        numbers={
            "bank_build_s": built,
            "bank_megabytes": round(size / 1e6),
            "first_run_s": round(cold, 1),
            "shipped_evidence_from_the_bank_s": round(warm, 1),
            "one_study_added_s": round(added, 1),
            "cores": os.cpu_count(),
            "load_average": load(),
        },
        command="crossblock weigh; crossblock weigh mine.csv --studies mine.toml",
    )


@register.line(
    "hold-out",
    "hold-out table: predicted interval, observed, inside or outside; nothing tuned after looking; "
    "failures stay",
)
def held() -> Shown:
    with tempfile.TemporaryDirectory() as folder:
        found, _, _ = verb("--predictions", folder)
        files = {p.name: len(p.read_text()) for p in sorted(Path(folder).iterdir())}
    rows = []
    for part in found["held_out"]:  # type: ignore[attr-defined]
        for f in part["figures"]:
            p = Predicted(**{k: f[k] for k in Predicted.__dataclass_fields__})
            rows.append(
                {
                    "split": part["split"],
                    "study": p.title,
                    "figure": f"{p.label} [{p.unit}]",
                    "predicted": [round(x, 3) for x in (p.middle, p.low, p.high)],
                    "observed": None if p.observed is None else round(p.observed, 3),
                    "fate": p.fate.value,
                }
            )
    told = [r for r in rows if r["fate"] != Fate.NOT_OBSERVED.value]
    failed = [r for r in told if r["fate"] == Fate.OUTSIDE.value]
    guarded = {"a held-out study in a fit": refusal(lambda: check_fit(STUDIES, ["yoon-2025"]))}
    figure = Predicted(study="a", title="a", label="a", unit="1", middle=0.0, low=0.0, high=1.0)
    seal = sealed("a", [figure])
    changed = replace(seal, text=seal.text.replace("0.0", "0.5"))
    guarded["a prediction changed after its hash"] = refusal(
        lambda: compared(changed, {}, lambda s: setup().like[s.id])
    )
    guarded["an outcome inside a prediction"] = refusal(
        lambda: sealed("a", [replace(figure, observed=1.0)])
    )
    return Shown(
        holds=len(told) >= 13 and len(files) == 3 and "NOT REFUSED" not in guarded.values(),
        numbers={
            "inside": len(told) - len(failed),
            "of": len(told),
            "failed": [f"{r['study']}: {r['figure']}" for r in failed],
            "rows": rows,
            "prediction_files": files,
            "refused": guarded,
        },
        command="crossblock weigh --predictions FOLDER",
        note=f"{len(told) - len(failed)} of {len(told)} observed figures inside; the promise is "
        "that failures stay, and they do",
    )


def refusal(act: Callable[[], object]) -> str:
    try:
        act()
    except CrossblockError as error:
        return error.problems[0].what
    return "NOT REFUSED"


@register.line("repeatable", "log marginal likelihoods repeatable within 0.3 over seeds")
def repeatable() -> Shown:
    runs = {seed: log_marginals(seed) for seed in (1, 2, 3)}
    logs = {v: [r[v].log_marginal for r in runs.values()] for v in runs[1]}
    errors = {v: round(p.error, 3) for v, p in runs[1].items()}
    middle = {v: float(np.mean(x)) for v, x in logs.items()}
    off = {v: round(float(max(abs(y - middle[v]) for y in x)), 3) for v, x in logs.items()}
    return Shown(
        holds=max(off.values()) <= 0.3,
        numbers={
            "seeds": list(runs),
            "log_marginal": {v: [round(y, 3) for y in x] for v, x in logs.items()},
            "largest_distance_from_the_mean": off,
            "range": {v: round(max(x) - min(x), 3) for v, x in logs.items()},
            "stated_error_of_seed_1": errors,
        },
        command="crossblock weigh --seed 1 (2, 3)",
        note="a seed draws another bank, another calibration and other moves",
    )


HEAD = "study,drug,endpoint,statistic,value,n,time_h,units,confidence\n"
GOOD = "Good 2026,ketamine,MADRS,mean,20,30,24,points,read in the paper\n"
BAD = {
    "a mean outside its scale": "A 2020,ketamine,MADRS,mean,75,30,24,points,read in the paper\n",
    "SD 0": "A 2020,ketamine,MADRS,sd,0,30,24,points,read in the paper\n",
    "a study without arms": "A 2020,,MADRS,mean,20,30,24,points,read in the paper\n",
    "an F without df": "A 2020,ketamine,MADRS,F,4.8,30,24,F,read in abstract\n",
}


@register.line(
    "bad-input",
    "bad input is named, refused or flagged; one bad row in a user's CSV loses no other row",
)
def bad_input() -> Shown:
    said: dict[str, str] = {}
    kept: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "mine.csv"
        for case, line in BAD.items():
            path.write_text(HEAD + GOOD + line, encoding="utf-8")
            found = evidence.read(path)
            said[case] = "; ".join(f"{p.where}: {p.why}" for p in found.refused) or "NOT REFUSED"
            kept[case] = len(found.rows)
        path.write_text(HEAD + GOOD + GOOD.replace(",20,", ",25,"), encoding="utf-8")
        found = evidence.read(path)
        said["contradictory rows"] = "; ".join(p.what for p in found.flags) or "NOT FLAGGED"
        kept["contradictory rows"] = len(found.rows) - 1
        try:
            found.fit_for(found.rows)
            said["fitting contradictory rows"] = "NOT REFUSED"
        except CrossblockError as error:
            said["fitting contradictory rows"] = error.problems[0].what
    memory = [r for r in ROWS.rows if r.confidence.value == "memory"][:1]
    said["fitting a row from memory"] = refusal(lambda: ROWS.fit_for(memory))
    return Shown(
        holds=not any("NOT " in x for x in said.values()) and set(kept.values()) == {1},
        numbers={"said": said, "good_rows_kept": kept},
    )

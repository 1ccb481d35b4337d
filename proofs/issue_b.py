"""Issue B: statistics a trial statistician would sign."""

from __future__ import annotations

import json
import math
import re
import sys
import time

import numpy as np

from crossblock.core.errors import CrossblockError
from crossblock.stats import mixed, responders, sequential, spending
from crossblock.stats.mixed import Residual
from proofs.proof import CLI, ROOT, Register, Shown, run

register = Register("b")


@register.line(
    "reference-cases", "all 57 cases, 993 numbers within tolerance, read from their files"
)
def cases() -> Shown:
    arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/reference/test_cases.py"]
    out, _, status, wall = run(sys.executable, *arguments, check=False)
    table = [line for line in out.splitlines() if re.search(r"\bpass(ed)?\b", line)]
    return Shown(
        holds=status == 0,
        numbers={"last_lines": table[-4:], "wall_s": round(wall, 1)},
        command="python -m pytest tests/reference/test_cases.py",
    )


@register.line("marginal-equals-t", "the marginal 2 x 2 fit equals the t test to 1e-10 always")
def marginal() -> Shown:
    rng = np.random.default_rng(20261121)
    worst = {"estimate": 0.0, "se": 0.0, "df": 0.0}
    for _ in range(300):
        n = int(rng.integers(4, 40))
        sequence = np.arange(n) % 2
        rho = rng.uniform(-0.9, 0.95)
        y = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], n) * rng.uniform(0.1, 20) + 25
        treated = np.stack([sequence == 0, sequence == 1], axis=1)
        X = np.column_stack([np.ones(2 * n), treated.ravel(), np.tile([0.0, 1.0], n)]).astype(float)
        fit = mixed.fit(
            y.ravel(),
            X,
            names=("mean", "test", "period 2"),
            residual=Residual(kind="cs", unit=np.repeat(np.arange(n), 2)),
        ).contrast({"test": 1.0})
        half = (y[:, 0] - y[:, 1]) / 2
        a, b = half[sequence == 0], half[sequence == 1]
        pooled = ((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()
        se = math.sqrt(pooled / (n - 2) * (1 / a.size + 1 / b.size))
        worst["estimate"] = max(worst["estimate"], abs(fit.value - (a.mean() - b.mean())))
        worst["se"] = max(worst["se"], abs((fit.se or 0.0) - se) / se)
        worst["df"] = max(worst["df"], abs((fit.df or 0.0) - (n - 2)))
    return Shown(
        holds=worst["estimate"] < 1e-10 and worst["se"] < 1e-9 and worst["df"] < 1e-5,
        numbers={"datasets": 300, **worst},
        note="worst over 300 data sets, correlations from -0.9 to 0.95",
    )


@register.line("controversy", "statistics section 3 by simulation, 40,000 trials a row")
def controversy() -> Shown:
    folder = ROOT / "tests" / "reference" / "controversy"
    lines = (folder / "selection.csv").read_text(encoding="utf-8").splitlines()
    names = lines[0].split(",")
    rows, trials, holds = [], 40_000, True
    for line in lines[1:]:
        want = dict(zip(names, map(float, line.split(",")), strict=True))
        truth = responders.Truth(n=int(want["n"]), icc=want["icc"], blockade=want["blockade"])
        sessions = responders.simulate(truth, trials, seed=20261121)
        chosen = responders.read(sessions, sessions.responder)
        everyone = responders.read(sessions, np.ones_like(sessions.responder))
        z = []
        for got, theirs in (
            (chosen.significant, want["p_responders"] / 100),
            (everyone.significant, want["p_all"] / 100),
        ):
            spread = math.sqrt(max(theirs * (1 - theirs), 5e-4) * 2 / trials)
            z.append((got - theirs) / math.hypot(spread, 0.0003))
        holds &= max(map(abs, z)) < 4.0
        rows.append(
            {
                **want,
                "mine_responders": round(100 * chosen.significant, 1),
                "mine_all": round(100 * everyone.significant, 1),
                "z": [round(x, 1) for x in z],
            }
        )
    return Shown(
        holds=holds,
        numbers={"rows": rows},
        note="z: difference over both Monte Carlo errors and rounding; simultaneous band 4",
    )


@register.line("appraise", "F(1,74) = 5.39 at 28 % gives 4-52 % and says where 74 comes from")
def appraise() -> Shown:
    arguments = ["appraise", "--design", "2x2", "--n", "26", "--F", "5.39", "--df", "1,74"]
    arguments += ["--fraction", "0.28", "--json"]
    out, _, status, wall = run(CLI, *arguments)
    found = json.loads(out)
    percent = [round(100 * x) for x in found["fraction"]]
    origin = found["origins"][0]["words"]
    return Shown(
        holds=percent == [28, 4, 52] and "26 people × 2 sessions × 2 visits" in origin,
        numbers={"fraction": percent, "origin": origin, "status": status, "wall_s": round(wall, 2)},
        command="crossblock " + " ".join(arguments),
    )


@register.line("interactive", "one interactive fit < 50 ms; bounds for 5 looks < 50 ms")
def interactive() -> Shown:
    rng = np.random.default_rng(1)
    n, visits = 26, 5
    who = np.repeat(np.arange(n), 2 * visits)
    session = np.repeat(np.arange(2 * n), visits)
    visit = np.tile(np.arange(visits), 2 * n)
    test = (session % 2) == (who % 2)
    columns = [visit == v for v in range(visits)] + [(visit == v) & test for v in range(visits)]
    X = np.column_stack([*columns, session % 2]).astype(float)
    y = (
        rng.normal(size=n)[who] * 4
        + rng.normal(size=2 * n)[session] * 3
        + rng.normal(size=who.size)
    )
    terms = [
        mixed.RandomTerm(name="participant", group=who),
        mixed.RandomTerm(name="participant:period", group=session),
    ]

    def fit() -> None:
        weights = np.zeros(X.shape[1])
        weights[visits] = 1.0
        mixed.fit(y, X, random=terms, bounded=False).contrast(weights)

    def bounds() -> None:
        rule = spending.Spending(family=spending.Family.OBRIEN_FLEMING_LIKE, alpha=0.025)
        sequential.bounds(rule, [0.2, 0.4, 0.6, 0.8, 1.0])

    times = {name: _cpu(do) for name, do in (("fit_ms", fit), ("bounds_ms", bounds))}
    return Shown(holds=max(times.values()) < 50, numbers={**times, "rows": int(who.size)})


def _cpu(do: object, repeats: int = 9) -> float:
    assert callable(do)
    do()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        do()
        taken.append(time.process_time() - start)
    return round(1000 * float(np.median(taken)), 2)


@register.line("bad-input", "what the data cannot carry is a sentence, never a traceback or a NaN")
def bad_input() -> Shown:
    rng = np.random.default_rng(2)
    who = np.repeat(np.arange(6), 2)
    X = np.column_stack([np.ones(12), np.tile([0, 1], 6)]).astype(float)
    y = rng.normal(size=12)
    unit = {"residual": Residual(kind="cs", unit=who)}
    cases = {
        "rank-deficient design": lambda: mixed.fit(y, np.column_stack([X, X[:, 1]]), **unit),
        "one participant": lambda: mixed.fit(
            y[:2], X[:2], residual=Residual(kind="cs", unit=who[:2])
        ),
        "all-equal scores": lambda: mixed.fit(np.ones(12), X, **unit),
        "infinite value": lambda: mixed.fit(np.where(who == 0, np.inf, y), X, **unit),
    }
    said = {}
    for name, do in cases.items():
        try:
            do()
            said[name] = "NOT REFUSED"
        except CrossblockError as error:
            problem = error.problems[0]
            said[name] = f"{problem.what} | {problem.fix}"
    return Shown(holds="NOT REFUSED" not in said.values(), numbers=said)


@register.line("speed", "batched REML + KR at least 100 times lme4 + pbkrtest, CPU time, one run")
def speed() -> Shown:
    _, err, status, wall = run(sys.executable, "-m", "benchmarks", "reml", check=False)
    record = ROOT / "benchmarks" / "results" / "reml.json"
    if status or not record.exists():
        return Shown(holds=False, numbers={}, note=(err.strip().splitlines() or ["no result"])[-1])
    found = json.loads(record.read_text(encoding="utf-8"))["found"]
    ratio = found.get("ratio")
    if ratio is None:
        return Shown(holds=False, numbers=found, note="needs Rscript with lme4 and pbkrtest")
    return Shown(
        holds=ratio["median"] >= 100.0,
        numbers={"ratio": ratio, "wall_s": round(wall, 1)},
        command="python -m benchmarks reml",
    )

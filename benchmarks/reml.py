"""Mixed models with Kenward-Roger: a batch of crossovers beside lme4 + pbkrtest.

    python benchmarks/reml.py [rounds]

1,000 two-by-two crossovers (12 to 30 participants, 2 periods x 5 visits, 5 % of scores missing);
score ~ treatment * visit + period with participant and participant:period random, REML, and the
Kenward-Roger test of the treatment at the first visit. R fits a slice of the same data sets in the
same rounds, in turns with ours, and reports its own CPU time inside the loop of fits (start-up and
reading left out, as our compilation is). One thread each, CPU seconds, ratio of rates per round.
Needs Rscript with lme4, lmerTest and pbkrtest; without it only our rates are given.

The distance to the limit is the arithmetic that a fit needs, counted below, over the rate of a
matrix product on the same core.
"""

from __future__ import annotations

import csv
import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from crossblock.kernels.backend import NUMPY, Backend
from crossblock.kernels.backend_jax import JAX
from crossblock.kernels.covariance import Blocks, Structure
from crossblock.stats.mixed_batch import MixedBatch, fit_blocks

SETS, SLICE, ROUNDS = 1000, 12, 5
PARTICIPANTS, PERIODS, VISITS = 30, 2, 5
NESTED = Structure(random=(1, 1))
OTHERS = {
    "unstructured visits, by participant and period": Structure(residual="un", positions=VISITS),
    "autoregressive visits + participant": Structure(random=(1,), residual="ar1", positions=VISITS),
    "random slope of visit": Structure(random=(2,)),
}
R_PROGRAM = """
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest)})
d <- read.csv(commandArgs(TRUE)[1]); out <- NULL
for (v in c("participant", "period", "visit")) d[[v]] <- factor(d[[v]])
sets <- split(d, d$set); contest <- NULL
invisible(lmer(score ~ treatment * visit + period + (1 | participant) + (1 | participant:period),
               sets[[1]]))
start <- proc.time()
for (s in sets) {
  m <- suppressMessages(lmer(score ~ treatment * visit + period + (1 | participant) +
                             (1 | participant:period), s))
  L <- as.numeric(names(fixef(m)) == "treatment")
  k <- contest1D(m, L, ddf = "Kenward-Roger")
  out <- rbind(out, c(k$Estimate, k[["Std. Error"]], k$df, isSingular(m)))
}
spent <- proc.time() - start
cat(sum(spent[1:2]), "\\n")
write.table(out, row.names = FALSE, col.names = FALSE)
"""


def draw(sets: int, seed: int = 20261121) -> Blocks:
    """Return crossovers in blocks; effects 1, treatment, period, visits, treatment x visits."""
    rng = np.random.default_rng(seed)
    m = PERIODS * VISITS
    period, visit = np.repeat(np.arange(PERIODS), VISITS), np.tile(np.arange(VISITS), PERIODS)
    n = rng.integers(12, PARTICIPANTS + 1, sets)
    lead = (sets, PARTICIPANTS, m)
    seen = (np.arange(PARTICIPANTS) < n[:, None])[..., None] & (rng.random(lead) >= 0.05)
    treatment = (period != (np.arange(PARTICIPANTS) % 2)[:, None]).astype(float)
    at = (visit == np.arange(1, VISITS)[:, None]).astype(float).T  # (m, visits - 1)
    X = np.zeros((PARTICIPANTS, m, 3 + 2 * (VISITS - 1)))
    X[..., 0], X[..., 1], X[..., 2] = 1.0, treatment, period
    X[..., 3 : 2 + VISITS], X[..., 2 + VISITS :] = at, treatment[..., None] * at
    y = (
        4.0 * rng.normal(size=(sets, PARTICIPANTS, 1))
        + 3.0 * rng.normal(size=(sets, PARTICIPANTS, PERIODS))[..., period]
        + 3.0 * rng.normal(size=lead)
        + 5.0 * treatment
    )
    who = np.broadcast_to(np.arange(PARTICIPANTS)[:, None], lead)
    return Blocks(
        y=np.where(seen, y, 0.0),
        X=X * seen[..., None],
        observed=seen,
        group=np.stack([who, PERIODS * who + period], axis=-1),
        Z=np.ones((*lead, 2)) * seen[..., None],
        unit=np.array(PERIODS * who + period),
        position=np.array(np.broadcast_to(visit, lead)),
    )


def first(blocks: Blocks, sets: int, start: int = 0) -> Blocks:
    return Blocks(*(a[start : start + sets] for a in blocks))


def for_structure(blocks: Blocks, structure: Structure) -> Blocks:
    """Return the blocks with the columns that another structure needs."""
    terms = len(structure.random)
    Z = blocks.Z[..., : sum(structure.random)]
    if structure.random == (2,):
        Z = np.stack([blocks.Z[..., 0], blocks.Z[..., 0] * blocks.position], axis=-1)
    return blocks._replace(group=blocks.group[..., :terms], Z=Z)


def ours(blocks: Blocks, structure: Structure, backend: Backend) -> MixedBatch:
    names = [f"x{k}" for k in range(blocks.X.shape[-1])]
    batch = fit_blocks(blocks, structure, names=names, backend=backend)
    batch.contrast({"x1": 1.0})
    return batch


def cpu(call: Callable[[], Any]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def write_slice(blocks: Blocks, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["set", "participant", "period", "visit", "treatment", "score"])
        for k, s, i in np.argwhere(blocks.observed):
            cell = (blocks.X[k, s, i, 2], blocks.position[k, s, i], blocks.X[k, s, i, 1])
            table.writerow([k, s, *(int(c) for c in cell), repr(float(blocks.y[k, s, i]))])


def peer(blocks: Blocks) -> tuple[float, np.ndarray]:
    """Return the CPU seconds of R over the slice, and estimate, SE, df, singular by row."""
    with tempfile.TemporaryDirectory() as folder:
        data, program = Path(folder) / "slice.csv", Path(folder) / "fit.R"
        write_slice(blocks, data)
        program.write_text(R_PROGRAM, encoding="utf-8")
        command = ["Rscript", "--vanilla", str(program), str(data)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = done.stdout.strip().splitlines()
    return float(lines[0]), np.array([[float(c) for c in line.split()] for line in lines[1:]])


def agreement(batch: MixedBatch, theirs: np.ndarray, start: int) -> dict[str, float]:
    """Return the largest relative differences to R over its interior fits."""
    one = batch.contrast({"x1": 1.0})
    inside = theirs[:, 3] == 0
    rows = slice(start, start + len(theirs))
    return {
        name: float(np.max(np.abs(mine[rows] / theirs[:, k] - 1.0)[inside], initial=0.0))
        for k, (name, mine) in enumerate((("estimate", one.value), ("se", one.se), ("df", one.df)))
    }


def limit(batch: MixedBatch, blocks: Blocks) -> dict[str, float]:
    """Return operations a fit, the product rate of this core, and the rate of fits they allow."""
    p = blocks.X.shape[-1]
    people = float(blocks.observed.any(axis=-1).sum() / len(blocks.y))
    scores = float(blocks.observed.sum() / len(blocks.y))
    step = 4 * 2 * PERIODS * people * p**2 + 5 * 2 * p**3  # X'V^-1X and three A_k; inverse, Phi A
    once = 6 * scores * p**2 + 6 * 2 * PERIODS * people * p**2  # QR and reduction; Q of 6 pairs
    work = float(batch.kernel.steps.mean()) * step + once
    a = np.random.default_rng(0).normal(size=(768, 768))
    best = min(cpu(lambda: a @ a) for _ in range(5))
    rate = 2 * 768**3 / best
    return {"operations": work, "product_per_s": rate, "fits_per_s": rate / work}


def measure(rounds: int) -> dict[str, Any]:
    """Return rates, ratios by round, agreement and the limit."""
    assert JAX is not None, "install crossblock[engine]"
    blocks, have_R = draw(SETS), shutil.which("Rscript") is not None
    compile_s = cpu(lambda: ours(blocks, NESTED, JAX))
    mine, single, theirs, close = [], [], [], []
    for k in range(rounds):
        mine.append(SETS / cpu(lambda: ours(blocks, NESTED, JAX)))
        small = first(blocks, 100, 100 * (k % 10))
        single.append(100 / cpu(lambda small=small: ours(small, NESTED, NUMPY)))
        if have_R:
            start = (k * SLICE) % SETS
            seconds, table = peer(first(blocks, SLICE, start))
            theirs.append(len(table) / seconds)
            close.append(agreement(ours(blocks, NESTED, JAX), table, start))
    batch = ours(blocks, NESTED, JAX)
    bound = limit(batch, blocks)
    ratios = [a / b for a, b in zip(mine, theirs, strict=False)]
    return {
        "data_sets": SETS,
        "fits_per_cpu_s": {"jax": mine, "numpy": single, "lme4+pbkrtest": theirs},
        "ratio": {"rounds": ratios, "median": statistics.median(ratios) if ratios else math.nan},
        "compile_cpu_s": compile_s,
        "settled": int(np.sum(batch.codes <= 1)),
        "largest_relative_difference": {
            name: max(c[name] for c in close) for name in (close[0] if close else {})
        },
        "limit": bound | {"share": statistics.median(mine) / bound["fits_per_s"]},
        "other_covariances_fits_per_cpu_s": others(blocks),
    }


def others(blocks: Blocks) -> dict[str, float]:
    """Return the NumPy rate of the dense engine for other covariances, over 60 data sets."""
    rates = {}
    for name, structure in OTHERS.items():
        some = for_structure(first(blocks, 60), structure)
        rates[name] = 60 / min(cpu(lambda b=some, s=structure: ours(b, s, NUMPY)) for _ in range(3))
    return rates


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print(json.dumps(measure(rounds), indent=2))


if __name__ == "__main__":
    main()

"""Virtual trials of williams-2018 beside the naive way: one person, one trial after another.

Ours: 30 people by two periods, full mechanism, item-level scores in memory, every analysis and the
look, in chunks of 250 trials on one core. The naive way pays, for each trial, 30 people in
libroadrunner (or R's deSolve) and one lme4 + pbkrtest fit of that trial's scores; its rater and
interim are left out, in its favor. CPU seconds of one core, in turns, ratio by round.
"""

from __future__ import annotations

import csv
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._mechanism_peers import Roadrunner, desolve, roadrunner
from benchmarks._mechanism_people import population
from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.simulate.asked import asked
from crossblock.simulate.chunk import Job, run_chunk, trial_job
from crossblock.simulate.reading import analysis_table
from crossblock.simulate.trial import simulate

ROUNDS, PEOPLE, SLICE, SEED = 5, 20, 12, 20261121
R_PROGRAM = """
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest)})
d <- read.csv(commandArgs(TRUE)[1])
for (v in c("id", "period", "blocked")) d[[v]] <- factor(d[[v]])
sets <- split(d, d$trial)
fit <- function(s) contest1D(suppressMessages(lmer(y ~ blocked + period + (1 | id), s)),
                             c(0, 1, 0), ddf = "Kenward-Roger")
invisible(fit(sets[[1]]))
start <- proc.time(); for (s in sets) fit(s); spent <- proc.time() - start
cat(sum(spent[1:2]))
"""


def ours(task: Job, number: int) -> float:
    """Return CPU seconds a trial of one chunk."""
    start = time.process_time()
    run_chunk(task, number)
    return (time.process_time() - start) / task.size


def solver(everyone: Any, ketamine: np.ndarray, naltrexone: np.ndarray) -> dict[str, float]:
    """Return CPU seconds a person (both periods) of each public solver that is installed."""
    found = {}
    if roadrunner is not None:
        found["libroadrunner"] = Roadrunner(1e-6, 1e-8).timed(everyone, ketamine, naltrexone)[0]
    if shutil.which("Rscript"):
        few = (everyone[:3], ketamine[:3], naltrexone[:, :3])
        found["deSolve"] = desolve(*few)[0]
    return found


def mixed(task: Job) -> float | None:
    """Return CPU seconds a fit of lme4 + pbkrtest on the first trials' own scores."""
    if not shutil.which("Rscript"):
        return None
    made = simulate(task.world, np.arange(SLICE), task.seed)
    table = analysis_table(task.world, asked(task.world), made, task.asked.score)
    with tempfile.TemporaryDirectory() as folder:
        data, program = Path(folder) / "slice.csv", Path(folder) / "fit.R"
        with data.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(("trial", "id", "period", "blocked", "y"))
            for b, i, p in np.argwhere(table.observed):
                out.writerow((b, i, p, table.condition[b, i, p], table.y[b, i, p]))
        program.write_text(R_PROGRAM, encoding="utf-8")
        command = ["Rscript", "--vanilla", str(program), str(data)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout) / SLICE


def main() -> None:
    told = truth().with_values({"fraction": 0.28})
    task = trial_job(read("williams-2018"), told, trials=10_000, seed=SEED)
    ours(task, 0)
    everyone, ketamine, naltrexone = population(PEOPLE)
    rows = []
    for k in range(ROUNDS):
        one = ours(task, k + 1)
        people, fit = solver(everyone, ketamine, naltrexone), mixed(task)
        naive = {name: task.world.people * s + (fit or 0.0) for name, s in people.items()}
        rows.append(
            {
                "trial_s": one,
                "person_s": people,
                "fit_s": fit,
                "ratio": {name: s / one for name, s in naive.items()},
            }
        )
    names = rows[0]["ratio"]
    print(
        json.dumps(
            {
                "trials_per_cpu_s": [1.0 / r["trial_s"] for r in rows],
                "rounds": rows,
                "ratio": {
                    name: statistics.median(r["ratio"][name] for r in rows) for name in names
                },
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()

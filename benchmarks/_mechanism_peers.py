"""The same equations in two public solvers: libroadrunner (CVODE) and R's deSolve (LSODA)."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from tests.kernels.people import DURATION, LEAD

try:
    import antimony
    import roadrunner
except ImportError:  # a peer, no dependency: pip install libroadrunner antimony
    roadrunner = None

from benchmarks._mechanism_people import LOOKS, PERIOD

NAMES = [
    "CL",
    "V1",
    "V2",
    "V3",
    "Q1",
    "Q2",
    "nmda",
    "mu",
    "ka",
    "ke",
    "ED50",
    "eps",
    "E0",
    "kE",
    "sN",
    "sX",
    "phi",
    "rho",
    "aG",
    "aK",
    "aR",
    "kU",
    "kR",
    "kT",
    "T50",
    "kO",
    "w",
]
STATES = ["c", "p1", "p2", "A", "X", "E", "U", "R", "T", "O"]
SYSTEM = """
model five
  C := c/V1; bN := nmda*C; bK := mu*C; bX := X/ED50; N := bN/(1+bN); M0 := E0/(1+E0);
  den := 1 + E + bK + bX; ME := E/den; MK := eps*bK/den; MR := (E-E0)/den;
  gate := 1 - phi + phi*piecewise(1, ME > M0, ME/M0);
  G := N*gate*(1 - rho + rho*(den-bX)/den);
  q := 1/(1+T/T50);
  D := aG*G + aK*MK*q + aR*MR*q;
  above := piecewise(ME+MK-M0, ME+MK > M0, 0);
  c' = infusion - CL*C - Q1*(C-p1/V2) - Q2*(C-p2/V3);
  p1' = Q1*(C-p1/V2);
  p2' = Q2*(C-p2/V3);
  A' = -ka*A;
  X' = ka*A - ke*X;
  E' = kE*(E0*(1+sN*N+sX*belief) - E);
  U' = D - kU*U;
  R' = kU*U - kR*R;
  T' = kT*(above - T);
  O' = kO*(w*above*q - O);
  %s
  infusion = 0; belief = 0;
end
"""


def model() -> str:
    """Return the SBML of the system; doses and windows are set between its pieces."""
    starts = " ".join(f"{n} = 0.1;" for n in [*NAMES, *STATES])
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(SYSTEM % starts) < 0:
        raise RuntimeError(antimony.getLastError())
    return str(antimony.getSBMLString("five"))


def pieces() -> list[tuple[list[float], int, float, float]]:
    """Return (times, looks among them, infusion 0 or 1, belief) from one edge to the next.

    Restarting at an edge is faster and safer for the peer than finding it as an event: with events
    CVODE meets some roots twice and exhausts any step limit there.
    """
    edges = [x + e for x in (0.0, PERIOD) for e in (0.0, LEAD, LEAD + DURATION, LEAD + 24.0)]
    marks = [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)] * 2
    out = []
    for (infusion, belief), a, b in zip(marks, edges, [*edges[1:], 2 * PERIOD - 1.0]):
        inside = [float(t) for t in LOOKS if a < t <= b]
        ends = [] if inside and inside[-1] == b else [b]
        out.append(([a, *inside, *ends], len(inside), infusion, belief))
    return out


def values(q: dict) -> list[float]:
    return [q["CL"], *q["V"], *q["Q"], *(q[n] for n in NAMES[6:])]


class Roadrunner:
    """One compiled model, people one after another, its step limit raised until all succeed."""

    def __init__(self, relative: float, absolute: float) -> None:
        roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
        self.r = roadrunner.RoadRunner(model())
        for key, x in (
            ("relative_tolerance", relative),
            # one for each state: a single one is scaled by initial values, and many are 0
            ("absolute_tolerance", [absolute] * len(STATES)),
            ("maximum_num_steps", 200000),
            ("stiff", True),
        ):
            self.r.integrator.setValue(key, x)
        self.r.timeCourseSelections = ["R"]
        ids = list(self.r.model.getGlobalParameterIds())
        self.every = [ids.index(n) for n in [*NAMES, *STATES]]
        self.held = [ids.index(n) for n in ("infusion", "belief")]
        self.gut = [ids.index("A")]
        self.pieces = pieces()

    def one(self, q: dict, ketamine: float, naltrexone) -> np.ndarray:
        model, found = self.r.model, []
        self.r.reset()
        rest = [0.0, 0.0, 0.0, naltrexone[0], 0.0, q["E0"], 0.0, 0.0, 0.0, 0.0]
        model.setGlobalParameterValues(self.every, [*values(q), *rest])
        for k, (times, looks, infusion, belief) in enumerate(self.pieces):
            model.setGlobalParameterValues(self.held, [infusion * ketamine / DURATION, belief])
            if k == 4:
                left = model.getGlobalParameterValues(self.gut)[0]
                model.setGlobalParameterValues(self.gut, [left + naltrexone[1]])
            found.append(self.r.simulate(times=times)[1 : 1 + looks, 0].copy())
        return np.concatenate(found)

    def timed(self, everyone, ketamine, naltrexone) -> tuple[float, np.ndarray]:
        """Return CPU seconds a person and R (people, looks)."""
        start = time.process_time()
        R = [self.one(q, k, naltrexone[:, i]) for i, (q, k) in enumerate(zip(everyone, ketamine))]
        return (time.process_time() - start) / len(everyone), np.array(R)


R_SCRIPT = r"""
library(deSolve)
a <- read.csv(commandArgs(TRUE)[1])
looks <- as.numeric(strsplit(commandArgs(TRUE)[2], ",")[[1]])
f <- function(t, y, q) { with(as.list(c(y, q)), {
  s <- t %% 672; infusion <- if (s >= .75 && s < .75 + 2/3) rate else 0
  belief <- if (s >= .75 && s < 24.75) 1 else 0
  C <- c/V1; bN <- nmda*C; bK <- mu*C; bX <- X/ED50; N <- bN/(1+bN); M0 <- E0/(1+E0)
  den <- 1+E+bK+bX; ME <- E/den; MK <- eps*bK/den; MR <- (E-E0)/den
  G <- N*(1-phi+phi*min(1,ME/M0))*(1-rho+rho*(den-bX)/den)
  q1 <- 1/(1+T/T50); D <- aG*G+aK*MK*q1+aR*MR*q1; above <- max(0,ME+MK-M0)
  list(c(infusion-CL*C-Q1*(C-p1/V2)-Q2*(C-p2/V3), Q1*(C-p1/V2), Q2*(C-p2/V3), -ka*A, ka*A-ke*X,
    kE*(E0*(1+sN*N+sX*belief)-E), D-kU*U, kU*U-kR*R, kT*(above-T), kO*(w*above*q1-O))) }) }
edges <- c(0, .75, .75+2/3, 24.75); edges <- c(edges, edges + 672, 1343)
seconds <- proc.time(); out <- NULL
for (i in seq_len(nrow(a))) {
  q <- unlist(a[i,]); y <- c(c=0,p1=0,p2=0,A=0,X=0,E=unname(q["E0"]),U=0,R=0,T=0,O=0); found <- NULL
  for (k in seq_len(length(edges)-1)) {
    if (k == 1) y["A"] <- y["A"] + q["first"]; if (k == 5) y["A"] <- y["A"] + q["second"]
    inside <- looks[looks > edges[k] & looks <= edges[k+1]]
    times <- unique(c(edges[k], inside, edges[k+1] - if (edges[k+1] %in% inside) 0 else 1e-12))
    z <- lsoda(y, times, f, q, rtol = 2e-6, atol = 1e-8, maxsteps = 1e5, hmax = 24)
    found <- c(found, z[match(inside, z[,"time"]), "R"]); y <- z[nrow(z), -1] }
  out <- rbind(out, found) }
used <- proc.time() - seconds
cat(sum(used[1:2]), "\n"); write.table(out, row.names = FALSE, col.names = FALSE, sep = ",")
"""


def desolve(everyone, ketamine, naltrexone) -> tuple[float, np.ndarray]:
    """Return CPU seconds a person and R (people, looks) of R's deSolve with the equations in R."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow([*NAMES, "rate", "first", "second"])
    for i, (q, k) in enumerate(zip(everyone, ketamine)):
        out.writerow([*map(repr, map(float, [*values(q), k / DURATION, *naltrexone[:, i]]))])
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder, "people.csv"), Path(folder, "run.R")
        data.write_text(text.getvalue())
        script.write_text(R_SCRIPT)
        looks = ",".join(repr(float(x)) for x in LOOKS)
        done = subprocess.run(
            ["Rscript", str(script), str(data), looks], capture_output=True, text=True, check=True
        )
    first, *rows = done.stdout.strip().split("\n")
    R = np.array([[float(x) for x in row.split(",")] for row in rows])
    return float(first) / len(everyone), R


def versions() -> dict[str, str]:
    r = subprocess.run(
        ["Rscript", "-e", "cat(as.character(packageVersion('deSolve')), R.version.string)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return {"libroadrunner": json.dumps(roadrunner.__version__).strip('"'), "deSolve": r.strip()}

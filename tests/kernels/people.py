"""People with every constant their own, for kernels that carry many at once."""

import math

import numpy as np

from crossblock.kernels import course as kc
from crossblock.kernels import grid as kg
from crossblock.kernels.kinetics import mammillary_modes
from crossblock.kernels.response import System

LN2 = math.log(2.0)
LEAD, DURATION = 0.75, 2 / 3


def constants(count, seed=1):
    """Return one dict of constants for each person, all lognormal around plausible values."""
    rng = np.random.default_rng(seed)

    def draw(x, cv=0.3):
        return x * np.exp(cv * rng.standard_normal(count))

    V = np.stack([draw(133), draw(187), draw(98.8)], axis=-1)
    Q = np.stack([draw(23.2), draw(157)], axis=-1)
    potency = 0.4 * 1e3 / 237.73
    columns = {
        "CL": draw(95.2, 0.16),
        "nmda": np.full(count, potency * (0.5 / 0.3 + 0.5 / 1.4)),
        "mu": np.full(count, potency * (0.5 / 29.2 + 0.5 / 73)),
        "ka": draw(2.0),
        "ke": draw(LN2 / 34, 0.1),
        "ED50": draw(5.18, 0.2),
        "eps": draw(0.8, 0.05),
        "E0": draw(0.2),
        "kE": draw(LN2 / 0.5),
        "sN": draw(4.0),
        "sX": draw(2.0),
        "phi": np.clip(draw(0.4), 0.0, 1.0),
        "rho": np.clip(draw(0.2), 0.0, 1.0),
        "aG": draw(0.3),
        "aK": draw(15.0),
        "aR": draw(0.3),
        "kU": draw(LN2 / 2),
        "kR": draw(LN2 / 96),
        "kT": draw(LN2 / 26),
        "T50": draw(0.3),
        "kO": draw(LN2 / 120),
        "w": draw(1.0),
    }
    return [
        {"V": V[i], "Q": Q[i], **{k: float(x[i]) for k, x in columns.items()}} for i in range(count)
    ]


def system(people):
    """Return the kernel's parameters of these people."""
    one = np.ones((1, 1))
    fields = [f for f in System._fields if f not in ("shares", "drug_ratio", "blocker_ratio")]
    return System(one, one, one, *(np.array([q[f] for q in people]) for f in fields))


def agents(people):
    V, Q = (np.stack([q[s] for q in people]) for s in ("V", "Q"))
    rate, w = mammillary_modes(V, np.array([q["CL"] for q in people]), Q)
    column = {s: np.array([q[s] for q in people]) for s in ("nmda", "mu", "ka", "ke", "ED50")}
    return kc.Agents(
        rate.T,
        w.T * column["nmda"],
        w.T * column["mu"],
        column["ka"],
        column["ke"],
        column["ED50"],
    )


def grid(wanted):
    edges = {0.0: 1.0, LEAD: 0.25, LEAD + DURATION: 0.25, LEAD + 24.0: 1.0}
    return kg.build(edges, wanted)


def course(g, mg_ketamine, mg_naltrexone):
    """One period: naltrexone at 0, ketamine over 40 min from LEAD, belief for 24 h."""
    runs = (g.start > LEAD - 1e-9) & (g.start < LEAD + DURATION - 1e-9)
    believes = (g.start > LEAD - 1e-9) & (g.start < LEAD + 24.0 - 1e-9)
    rate = mg_ketamine / DURATION
    dose = np.zeros(g.steps, dtype=np.int64)
    dose[0] = 1
    return kc.Course(
        g.lengths,
        g.which,
        runs + 2 * believes,
        np.array([[0.0], [rate], [0.0], [rate]]),
        np.array([[0.0], [0.0], [1.0], [1.0]]),
        np.zeros((4, 1)),
        dose,
        np.array([[0.0], [mg_naltrexone]]),
        np.zeros((2, 1)),
    )


def pieces(mg_ketamine, mg_naltrexone, stop):
    """The same period for the oracle."""
    rate = mg_ketamine / DURATION
    return [
        (0.0, LEAD, 0.0, 0.0, 0.0, mg_naltrexone),
        (LEAD, LEAD + DURATION, rate, 1.0, 0.0, 0.0),
        (LEAD + DURATION, LEAD + 24.0, 0.0, 1.0, 0.0, 0.0),
        (LEAD + 24.0, stop, 0.0, 0.0, 0.0, 0.0),
    ]

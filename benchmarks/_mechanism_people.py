"""Two thousand people, two periods of 28 days, 24 looks: what the mechanism benchmark runs."""

from __future__ import annotations

import numpy as np
from tests.kernels import people as some

from crossblock.kernels import course as kc
from crossblock.kernels import grid as kg

PERIOD = 672.0
ONE = np.array([1.667, 2.5, 5, 25, 49, 73, 121, 169, 241, 337, 505, 671])
LOOKS = np.concatenate([ONE, ONE + PERIOD])
SHARED_RATES = ("kE", "kT", "kU", "kO")  # no spread between people is published for these


def population(count: int, seed: int = 1):
    """Return people, their ketamine in mg, and their naltrexone in mg by period (2, count)."""
    everyone = some.constants(count, seed)
    weight = np.random.default_rng(seed + 1).normal(80.0, 12.0, count)
    first = np.arange(count) % 2 == 0
    return everyone, 0.5 * weight, np.stack([50.0 * first, 50.0 * ~first])


def grid(*, fine: int = 0, growth: float = kg.GROWTH, first: float = 1.0) -> kg.Grid:
    edges: dict[float, float] = {}
    for x in (0.0, PERIOD):
        edges |= {x: 1.0, x + some.LEAD: 0.25, x + some.LEAD + some.DURATION: 0.25}
        edges[x + some.LEAD + 24.0] = 1.0
    g = kg.build({t: first * h for t, h in edges.items()}, LOOKS, growth=growth)
    for _ in range(fine):
        g = kg.halved(g)
    return g


def course(g: kg.Grid, ketamine, naltrexone) -> kc.Course:
    within = g.start % PERIOD
    runs = (within > some.LEAD - 1e-9) & (within < some.LEAD + some.DURATION - 1e-9)
    believes = (within > some.LEAD - 1e-9) & (within < some.LEAD + 24.0 - 1e-9)
    dose = np.zeros(g.steps, dtype=np.int64)
    for k, start in enumerate((0.0, PERIOD)):
        dose[np.argmin(np.abs(g.start - start))] = k + 1
    rate, zero = ketamine / some.DURATION, np.zeros_like(ketamine)
    return kc.Course(
        g.lengths,
        g.which,
        (runs + 2 * believes).astype(np.int64),
        np.stack([zero, rate, zero, rate]),
        np.array([[0.0], [0.0], [1.0], [1.0]]),
        np.zeros((4, 1)),
        dose,
        np.stack([zero, *naltrexone]),
        np.zeros((3, 1)),
    )


def arrays(count: int, *, shared: bool, seed: int = 1, **how):
    """Return (system, agents, course, seen) of the workload; all constants vary unless `shared`."""
    everyone, ketamine, naltrexone = population(count, seed)
    if shared:
        everyone = [{**q, **{k: everyone[0][k] for k in SHARED_RATES}} for q in everyone]
    p, g = some.system(everyone), grid(**how)
    if shared:
        p = p._replace(**{k: getattr(p, k)[:1] for k in SHARED_RATES})
    return p, some.agents(everyone), course(g, ketamine, naltrexone), g.seen

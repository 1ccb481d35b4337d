"""A course of doses: drug in its modes and blocker at its receptor, carried beside the response.

The drug is a sum of exponential modes, dy_j/dt = -lambda_j y_j + infusion (`kinetics.
mammillary_modes`); the blocker is the two-step K-PD chain. Both are closed forms within a step, so
a hundred thousand people cost one multiplication for each mode and node, and no exponential.
Times in h, amounts in mg; people are the last axis.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, NamedTuple

from crossblock.kernels import response
from crossblock.kernels.backend import NUMPY, Backend
from crossblock.kernels.kinetics import divided_decay
from crossblock.kernels.relaxation import COUNT, POINTS, decays
from crossblock.kernels.response import Odds, State, System

Array = Any  # an array of the namespace in use


class Agents(NamedTuple):
    """Drug and blocker of every person.

    `rate` (m, P) in 1/h: the drug's modes; `nmda`, `mu` (m, P) in 1/mg: receptor odds for each mg
    in a mode; `ka`, `ke` (P,) in 1/h and `ED50` (P,) in mg: the blocker.
    """

    rate: Array
    nmda: Array
    mu: Array
    ka: Array
    ke: Array
    ED50: Array


class Course(NamedTuple):
    """What is given and when, on a grid of n steps.

    `lengths` (H,) h and `which` (n,) as in `kernels.grid`. Regimes hold within a step: `regime`
    (n,) indexes rows of `infusion` (g, P) mg/h, `belief` (g, P) and `agonist` (g, P) odds at mu.
    Doses enter at the start of a step: `dose` (n,) indexes rows of `swallowed` (d, P) mg of blocker
    and `pushed` (d, P) mg of drug. P may be 1 where people do not differ.
    """

    lengths: Array
    which: Array
    regime: Array
    infusion: Array
    belief: Array
    agonist: Array
    dose: Array
    swallowed: Array
    pushed: Array


class Amounts(NamedTuple):
    """`y`: mg of drug in each mode (P,); `A` (P,) mg and `X` (P,) odds of the blocker."""

    y: tuple[Array, ...]
    A: Array
    X: Array


class Tables(NamedTuple):
    """Exponentials of the agents for each distinct step length (leading axis H)."""

    mode: Array
    A: Array
    X: Array
    XA: Array


def nothing(agents: Agents, people: int, xp: ModuleType) -> Amounts:
    """Return the amounts before any dose."""
    zero = xp.zeros(people)
    return Amounts((zero,) * agents.rate.shape[0], zero, zero)


def tables(a: Agents, lengths: Array, xp: ModuleType) -> Tables:
    """Return the tables of the agents for step lengths (H,) in h."""
    h = xp.asarray(lengths)
    reach = h[:, None, None] * xp.asarray(POINTS)[:, None]
    return Tables(
        mode=decays(a.rate, h, xp),
        A=decays(a.ka, h, xp)[:, COUNT],
        X=decays(a.ke, h, xp),
        XA=a.ka * divided_decay(a.ka, a.ke, reach, xp) / a.ED50,
    )


def advance(
    a: Agents, t: Tables, s: Amounts, infusion: Array, swallowed: Array, pushed: Array
) -> tuple[Amounts, tuple[list[Array], list[Array], list[Array]]]:
    """Carry the amounts over one step; return them and the odds b_N, b_K, b_X at each node."""
    modes = range(a.rate.shape[0])
    level = [infusion * (1.0 / a.rate[j]) for j in modes]
    excess = [s.y[j] + pushed - level[j] for j in modes]
    A = s.A + swallowed
    y = [[level[j] + t.mode[j][i] * excess[j] for j in modes] for i in range(COUNT + 1)]
    X = [t.X[i] * s.X + t.XA[i] * A for i in range(COUNT + 1)]
    b_N = [_weighted(a.nmda, x) for x in y[:COUNT]]
    b_K = [_weighted(a.mu, x) for x in y[:COUNT]]
    return Amounts(tuple(y[COUNT]), t.A * A, X[COUNT]), (b_N, b_K, X[:COUNT])


def _weighted(weight: Array, y: list[Array]) -> Array:
    total = weight[0] * y[0]
    for j in range(1, len(y)):
        total = total + weight[j] * y[j]
    return total


def follow(
    p: System,
    a: Agents,
    c: Course,
    start: tuple[Amounts, State],
    backend: Backend = NUMPY,
) -> tuple[Amounts, State]:
    """Return amounts and states after each step, with a leading step axis (n, ..., P).

    Inputs: as the types say; `start` with full people axis (`nothing`, `response.resting`).
    """
    xp = backend.xp
    mine, his = tables(a, c.lengths, xp), response.tables(p, c.lengths, xp)
    keep = backend.keeper(c.lengths)

    def step(
        s: tuple[Amounts, State], at: tuple[Array, Array, Array]
    ) -> tuple[tuple[Amounts, State], tuple[Amounts, State]]:
        which, g, d = at
        amounts, (b_N, b_K, b_X) = advance(
            a, response.rows(mine, which), s[0], c.infusion[g], c.swallowed[d], c.pushed[d]
        )
        odds = Odds(b_N, b_K, b_X, c.agonist[g], c.belief[g])
        state = response.advance(p, response.rows(his, which), s[1], odds, xp, keep)
        return (amounts, state), (amounts, state)

    every: tuple[Amounts, State] = backend.scan(step, start, (c.which, c.regime, c.dose))[1]
    return every


def odds_at(a: Agents, s: Amounts, agonist: Array, belief: Array) -> Odds:
    """Return the odds at the moments of `s`, all (..., P)."""
    y = list(s.y)
    return Odds(_weighted(a.nmda, y), _weighted(a.mu, y), s.X, agonist, belief)


def watched(
    p: System, a: Agents, c: Course, seen: Array, people: int, backend: Backend = NUMPY
) -> tuple[State, Odds]:
    """Return states and odds at the wanted rows of the grid, from rest; each (k, P).

    `seen` (k,) as of `kernels.grid`: 0 is the start, j the end of step j.
    """
    xp = backend.xp
    first = (nothing(a, people, xp), response.resting(p, people, xp))
    every = follow(p, a, c, first, backend)
    index = xp.maximum(seen - 1, 0)

    def at(path: Array, begin: Array) -> Array:
        return xp.where((seen == 0)[:, None], begin, path[index])

    amounts = Amounts(
        tuple(at(y, b) for y, b in zip(every[0].y, first[0].y)),
        at(every[0].A, first[0].A),
        at(every[0].X, first[0].X),
    )
    state = State(*(at(s, b) for s, b in zip(every[1], first[1])))
    regime = c.regime[index]
    return state, odds_at(a, amounts, c.agonist[regime], c.belief[regime])


def plasticity(
    p: System, a: Agents, c: Course, seen: Array, people: int, backend: Backend = NUMPY
) -> Array:
    """Return plasticity R alone at the wanted rows, (k, P); a compiler drops what else is known."""
    xp = backend.xp
    first = (nothing(a, people, xp), response.resting(p, people, xp))
    path = follow(p, a, c, first, backend)[1].R
    return xp.where((seen == 0)[:, None], 0.0, path[xp.maximum(seen - 1, 0)])

# ruff: noqa: N815 - fields keep the letters of the published equations
"""The five-state response: opioid tone, induction, plasticity, tolerance and opponent over time.

    dE/dt = kE [E0 (1 + sN N + sX e) - E]        opioid tone
    dU/dt = D - kU U,   dR/dt = kU U - kR R      induction, sustained plasticity
    dT/dt = kT (max(0, M - M0) - T)              acute tolerance
    dO/dt = kO (w max(0, S - M0) - O)            opponent (dependence)

with the algebra of `kernels.drive`. The system is a cascade: each state is a first-order relaxation
of a function of states before it, so each is carried exactly for an input that is a cubic within
the step (`kernels.relaxation`). Exponentials are tabulated once for each distinct step length, on
a grid that all people share; people are the last axis. Times in h.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from crossblock.kernels import drive
from crossblock.kernels.backend import NUMPY, Backend
from crossblock.kernels.kinetics import divided_decay
from crossblock.kernels.relaxation import COUNT, relaxed, summed, weights

Array = Any  # an array of the namespace in use


class System(NamedTuple):
    """Parameters of every person, each (P,) or (1,), except where said.

    Opioid receptors: `shares` (r, P) of the opioid signal carried by each type, first mu;
    `drug_ratio`, `blocker_ratio` (r, P), affinity at the type over affinity at mu. Rates k* and
    drives a* in 1/h; `E0` in units of the tone's dissociation constant; the rest are numbers.
    """

    shares: Array
    drug_ratio: Array
    blocker_ratio: Array
    eps: Array
    E0: Array
    kE: Array
    sN: Array
    sX: Array
    phi: Array
    rho: Array
    aG: Array
    aK: Array
    aR: Array
    kU: Array
    kR: Array
    kT: Array
    T50: Array
    kO: Array
    w: Array


class State(NamedTuple):
    """The five states of every person, each (P,): E in Kd units, the others numbers."""

    E: Array
    U: Array
    R: Array
    T: Array
    O: Array  # noqa: E741


class Odds(NamedTuple):
    """What acts within a step: odds at the four nodes (4, P), belief and agonist (P,) constant.

    `b_N` drug at NMDA, `b_K` drug at mu, `b_X` blocker at mu, `b_A` agonist at mu, `e` belief, 0
    or 1 (or a strength).
    """

    b_N: Array
    b_K: Array
    b_X: Array
    b_A: Array
    e: Array


class Tables(NamedTuple):
    """Exponentials and weights for each distinct step length (leading axis H)."""

    E: tuple[Array, Array]
    T: tuple[Array, Array]
    U: tuple[Array, Array]
    R: tuple[Array, Array]
    UR: Array
    O: tuple[Array, Array]  # noqa: E741


def resting(p: System, people: int, xp: ModuleType) -> State:
    """Return the state before anything is given: tone at rest, the rest 0."""
    zero = xp.zeros(people)
    return State(zero + p.E0, zero, zero, zero, zero)


def tables(p: System, lengths: Array, xp: ModuleType) -> Tables:
    """Return the tables for step lengths (H,) in h."""
    h = xp.asarray(lengths)

    def last(k: Array) -> tuple[Array, Array]:
        decay, weight = weights(k, h, xp, (1.0,))
        return decay[:, 0], weight[:, 0]

    # A drive reaches plasticity through induction: what each node's drive adds to U at the nodes,
    # summed with what U at the nodes adds to R. What U held before is added exactly (UR).
    decay, added = weights(p.kU, h, xp)
    gone, fed = last(p.kR)
    through = p.kU * sum(fed[:, i, None] * added[:, i] for i in range(COUNT))

    return Tables(
        E=weights(p.kE, h, xp),
        T=weights(p.kT, h, xp),
        U=(decay[:, COUNT], added[:, COUNT]),
        R=(gone, through),
        UR=p.kU * divided_decay(p.kU, p.kR, h[:, None], xp),
        O=last(p.kO),
    )


def rows(table: Any, which: Array) -> Any:
    """Return the rows of every table for one step."""
    picked = [
        tuple(part[which] for part in column) if isinstance(column, tuple) else column[which]
        for column in table
    ]
    return type(table)(*picked)


def advance(
    p: System, t: Tables, s: State, b: Odds, xp: ModuleType, keep: Callable[[Array], Array]
) -> State:
    """Carry every person over one step, given the rows of the tables for its length.

    `keep` (`Backend.keeper`) marks what several later values use.
    """
    M0 = drive.occupied(p.E0)
    nodes = range(COUNT)
    N = [drive.occupied(x) for x in b.b_N]
    E = relaxed(*t.E, s.E, [p.kE * p.E0 * (1.0 + p.sN * x + p.sX * b.e) for x in N])
    m = [opioid(p, E[i], keep(b.b_K[i]), b.b_A, b.b_X[i]) for i in nodes]
    above = [keep(x.tone + x.direct - M0) for x in m]
    T = relaxed(*t.T, s.T, [p.kT * xp.maximum(0.0, x) for x in above])
    q = [drive.tolerant(x, p.T50) for x in T[:COUNT]]
    G = [drive.surge(x, p.phi, p.rho, y, M0, xp) for x, y in zip(N, m)]
    D = [keep(drive.drive(g, x, y, p.aG, p.aK, p.aR)) for g, x, y in zip(G, m, q)]
    pull = [p.kO * p.w * xp.maximum(0.0, x * y) for x, y in zip(above, q)]
    return State(
        E=E[COUNT],
        U=t.U[0] * s.U + summed(t.U[1], D),
        R=t.R[0] * s.R + t.UR * s.U + summed(t.R[1], D),
        T=T[COUNT],
        O=t.O[0] * s.O + summed(t.O[1], pull),
    )


def opioid(p: System, E: Array, b_K: Array, b_A: Array, b_X: Array) -> drive.Signal:
    """Return the opioid signal pooled over receptor types.

    Drug and blocker bind each type with their own affinity; the agonist binds mu alone.
    """
    found = tuple(
        drive.signal(
            E,
            b_K * p.drug_ratio[r],
            b_A if r == 0 else 0.0,
            b_X * p.blocker_ratio[r],
            p.E0,
            p.eps,
        )
        for r in range(p.shares.shape[0])
    )
    return drive.pooled(found, p.shares)


def respond(
    p: System, lengths: Array, which: Array, odds: Odds, start: State, backend: Backend = NUMPY
) -> State:
    """Return the state after each step (n, P), from odds that are known at every node.

    Inputs: step lengths (H,) in h, the row of each step (n,), `odds` with a leading step axis
    (n, 4, P) and (n, P), `start` (P,). No branch on data: a parameter that makes no sense gives
    NaN for that person alone.
    """
    xp = backend.xp
    table, keep = tables(p, lengths, xp), backend.keeper(lengths)

    def step(s: State, at: tuple[Array, Odds]) -> tuple[State, State]:
        after = advance(p, rows(table, at[0]), s, at[1], xp, keep)
        return after, after

    every: State = backend.scan(step, start, (which, odds))[1]
    return every


class Observed(NamedTuple):
    """What could be measured at a moment, each (..., P).

    `glx` surge G, 0 to 1; `opioid_like` max(0, S - M0), 0 to 1; `withdrawal` 0 to about 1;
    `dissociation` in units of kd; `nmda`, `mu_drug`, `mu_blocker` occupancies.
    """

    glx: Array
    opioid_like: Array
    withdrawal: Array
    dissociation: Array
    nmda: Array
    mu_drug: Array
    mu_blocker: Array


def observe(p: System, s: State, b: Odds, share: Array, xp: ModuleType) -> Observed:
    """Return the observables for states and odds at the same moments; `share` as in `drive`."""
    M0 = drive.occupied(p.E0)
    m = opioid(p, s.E, b.b_K, b.b_A, b.b_X)
    q = drive.tolerant(s.T, p.T50)
    S = drive.felt(m, M0, q, xp)
    N = drive.occupied(b.b_N)
    free = 1.0 / (1.0 + s.E + b.b_K + b.b_A + b.b_X)
    return Observed(
        glx=drive.surge(N, p.phi, p.rho, m, M0, xp),
        opioid_like=xp.maximum(0.0, S - M0),
        withdrawal=drive.withdrawal(s.O, S, M0, xp),
        dissociation=drive.dissociation(b.b_N, share, m, M0, xp),
        nmda=N,
        mu_drug=b.b_K * free,
        mu_blocker=b.b_X * free,
    )

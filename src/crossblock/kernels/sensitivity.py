"""How plasticity changes with shared parameters: sparse forward mode beside the course itself.

A parameter that enters late in the cascade disturbs little: drives and the decays of U and R touch
two states, tolerance three, opioid tone four. So each parameter carries the tangents of the states
that it can reach and of no other, all inside one scan that computes the course once; a batch of
dense tangents costs more than twice as much. Derivation: docs/derivations/mechanisms.md, section 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from crossblock.kernels import course, response
from crossblock.kernels.backend import NUMPY, Backend
from crossblock.kernels.course import Agents, Amounts, Course
from crossblock.kernels.response import Odds, State, System, Tables

Array = Any  # an array of the namespace in use
Named = dict[str, Any]

TONE, TOLERANCE, DRIVE = ("E", "U", "R", "T"), ("U", "R", "T"), ("U", "R")
# parameter -> the states it reaches; the opponent is left out, no score depends on it
REACHED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("E0", "kE", "sN", "sX"), TONE),
    **dict.fromkeys(("eps", "kT"), TOLERANCE),
    **dict.fromkeys(("T50", "phi", "rho", "aG", "aK", "aR", "kU", "kR"), DRIVE),
}
# rate -> the tables that are made from it
TABLED: Mapping[str, tuple[str, ...]] = {
    "kE": ("E",),
    "kT": ("T",),
    "kU": ("U", "R", "UR"),
    "kR": ("R", "UR"),
}


def sensitivities(
    p: System,
    a: Agents,
    c: Course,
    seen: Array,
    people: int,
    names: Sequence[str],
    backend: Backend = NUMPY,
) -> tuple[Array, Array]:
    """Return R and dR / d ln theta at the wanted rows, for parameters that all people share.

    theta multiplies the parameter of everybody: theta = exp(x), derivative at x = 0. `names` are
    keys of `REACHED`; `seen` as of `course.watched`. Outputs (k, P) and (names, k, P).
    """
    xp = backend.xp
    keep = backend.keeper(c.lengths)
    mine, his = course.tables(a, c.lengths, xp), response.tables(p, c.lengths, xp)
    slopes = {n: _table_slopes(p, c.lengths, n, backend) for n in names}
    state = response.resting(p, people, xp)
    begin = {n: _resting_slope(p, n, people, xp) for n in names}

    def step(
        carried: Any, at: tuple[Array, Array, Array]
    ) -> tuple[Any, tuple[Array, tuple[Array, ...]]]:
        amounts, s, tangents = carried
        which, g, d = at
        after, (b_N, b_K, b_X) = course.advance(
            a, response.rows(mine, which), amounts, c.infusion[g], c.swallowed[d], c.pushed[d]
        )
        odds = Odds(b_N, b_K, b_X, c.agonist[g], c.belief[g])
        row = response.rows(his, which)
        moved = [
            _carry(p, n, row, _picked(slopes[n], which), s, tangent, odds, backend, keep)
            for n, tangent in zip(names, tangents)
        ]
        then = response.advance(p, row, s, odds, xp, keep)
        return (after, then, tuple(moved)), (then.R, tuple(t["R"] for t in moved))

    first: tuple[Amounts, State, Any] = (
        course.nothing(a, people, xp),
        state,
        tuple(begin[n] for n in names),
    )
    path, slope = backend.scan(step, first, (c.which, c.regime, c.dose))[1]
    index = xp.maximum(seen - 1, 0)
    started = (seen > 0)[:, None]
    rows = xp.stack([xp.where(started, x[index], 0.0) for x in slope])
    return xp.where(started, path[index], 0.0), rows


def _carry(
    p: System,
    name: str,
    row: Tables,
    row_slope: Named,
    s: State,
    tangent: Named,
    odds: Odds,
    backend: Backend,
    keep: Any,
) -> Named:
    """Carry the tangents of one parameter over one step."""
    reached, tabled = REACHED[name], tuple(row_slope)

    def f(x: Array, tables: tuple[Any, ...], states: tuple[Array, ...]) -> tuple[Array, ...]:
        shifted = _shifted(p, name, x, backend.xp)
        used = row._replace(**dict(zip(tabled, tables)))
        start = s._replace(**dict(zip(reached, states)))
        after = response.advance(shifted, used, start, odds, backend.xp, keep)
        return tuple(getattr(after, state) for state in reached)

    at = (
        backend.xp.zeros(()),
        tuple(getattr(row, table) for table in tabled),
        tuple(getattr(s, state) for state in reached),
    )
    along = (
        backend.xp.ones(()),
        tuple(row_slope[table] for table in tabled),
        tuple(tangent[state] for state in reached),
    )
    return dict(zip(reached, backend.push(f, at, along)[1]))


def _shifted(p: System, name: str, x: Array, xp: ModuleType) -> System:
    return p._replace(**{name: getattr(p, name) * xp.exp(x)})


def _table_slopes(p: System, lengths: Array, name: str, backend: Backend) -> Named:
    """Return the derivative of every table that is made from a rate; {} for another parameter."""
    tabled = TABLED.get(name, ())
    if not tabled:
        return {}

    def f(x: Array) -> tuple[Any, ...]:
        found = response.tables(_shifted(p, name, x, backend.xp), lengths, backend.xp)
        return tuple(getattr(found, table) for table in tabled)

    slope = backend.push(f, (backend.xp.zeros(()),), (backend.xp.ones(()),))[1]
    return dict(zip(tabled, slope))


def _picked(slopes: Named, which: Array) -> Named:
    return {
        table: tuple(x[which] for x in column) if isinstance(column, tuple) else column[which]
        for table, column in slopes.items()
    }


def _resting_slope(p: System, name: str, people: int, xp: ModuleType) -> Named:
    """Return the tangents at the start: all 0, but tone rests at E0."""
    zero = xp.zeros(people)
    return {s: zero + p.E0 if (s, name) == ("E", "E0") else zero for s in REACHED[name]}

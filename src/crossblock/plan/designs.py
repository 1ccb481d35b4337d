"""The designs that a next study could have, and what each tells about its cells.

For any sequences the cell means are estimated by generalized least squares with period effects,

    V = (sum_s n_s X_s' S_s^-1 X_s)^-1,     X_s = cells and periods of sequence s,  sum of periods 0

S_s the covariance of one person's changes in the cells of s. Where every cell stands equally often
in every period this is S / n, the closed form that complete pairs and cells use. Degrees of freedom
are people minus sequences (groups for a parallel design). Derivation: docs/derivations/plan.md.
"""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import InputError, Problem
from crossblock.domain.candidate import Candidate
from crossblock.domain.protocol import Protocol
from crossblock.domain.response import (
    ALONE,
    ALONE_HIGHER,
    BLOCKED,
    HIGHER,
    NONE,
    OPEN,
    Response,
)
from crossblock.stats.blockade import contrasts
from crossblock.stats.designs import williams

Array = NDArray[np.float64]
FOUR = (OPEN, BLOCKED, ALONE, NONE)
OWN = "own"


def _pairs(cells: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return every ordered pair of different cells: two periods, each person sees two cells."""
    return tuple(permutations(cells, 2))


def candidates() -> tuple[Candidate, ...]:
    """Return the candidate designs, from the one that was run to the one that shows most."""
    two = williams((OPEN, BLOCKED))
    three, four = williams((OPEN, BLOCKED, NONE)), williams(FOUR)
    return (
        Candidate(id="2x2", label="2 × 2, drug with and without blocker", sequences=two),
        Candidate(
            id="2x2-qualifying", label="2 × 2 + qualifying session", sequences=two, qualifying=True
        ),
        Candidate(id="2x2-glx", label="2 × 2, Glx co-primary", sequences=two, glx=True),
        Candidate(
            id="2x2-no-drug",
            label="two of three cells, + no drug",
            sequences=_pairs((OPEN, BLOCKED, NONE)),
        ),
        Candidate(
            id="2x2-blocker-alone",
            label="two of four cells, + blocker alone",
            sequences=_pairs(FOUR),
        ),
        Candidate(id="williams-3", label="Williams, three cells", sequences=three),
        Candidate(id="williams-4", label="Williams, four cells", sequences=four),
        Candidate(
            id="two-doses",
            label="Williams, two blocker doses",
            sequences=williams((OPEN, BLOCKED, HIGHER, NONE)),
        ),
        Candidate(id="williams-4-glx", label="Williams, four cells, Glx", sequences=four, glx=True),
        Candidate(id="parallel", label="parallel, two groups", sequences=((OPEN,), (BLOCKED,))),
        Candidate(
            id="factorial", label="factorial, four groups", sequences=tuple((c,) for c in FOUR)
        ),
    )


def own(protocol: Protocol) -> Candidate | None:
    """Return the protocol's own design; None where it is one of the candidates.

    The blocked cell is that of the primary estimand, another dose is the higher one; a first
    period that no estimand uses is a session of everybody besides the comparison.
    """
    primary = next(a.estimand for a in protocol.analysis.analyses if a.role == "primary")
    test = protocol.estimand(primary).test
    used = {c for e in protocol.estimands for c in (e.test, e.reference)}
    names = {c.id: _cell(protocol, c.id, test) for c in protocol.conditions}
    rows = protocol.sequence_conditions
    apart = {r[0] for r in rows}
    extra = 1 if len(apart) == 1 and not apart & used and protocol.periods > 1 else 0
    sequences = tuple(tuple(names[c] for c in r[extra:]) for r in rows)
    shapes = {frozenset(c.sequences) for c in candidates()}
    seen = {c for s in sequences for c in s}
    if not {OPEN, BLOCKED} <= seen or (not extra and frozenset(sequences) in shapes):
        return None
    return Candidate(id=OWN, label="as this protocol has it", sequences=sequences, extra=extra)


def _cell(protocol: Protocol, condition: str, test: str) -> str:
    """Return the cell of a condition, the higher one where its blocker is not the primary's."""
    cell = protocol.condition(condition).cell
    if cell in (OPEN, NONE) or blockers(protocol, condition) == blockers(protocol, test):
        return cell
    return HIGHER if cell == BLOCKED else ALONE_HIGHER


def blockers(protocol: Protocol, condition: str) -> tuple[str, ...]:
    """Return the ids of the blockers that a condition gives."""
    return tuple(a.id for a in protocol.given(condition) if a.role == "blocker")


def candidate(design: str) -> Candidate:
    """Return one candidate by its id; KeyError names no other."""
    return {c.id: c for c in candidates()}[design]


def cell_covariance(design: Candidate, response: Response, fraction: float, n: int) -> Array:
    """Return the covariance of the estimated cell means, (C, C), points squared, n completers.

    Cells are in the order of `design.cells`; every sequence holds n / S people. Raises `InputError`
    where scores do not vary between sessions.
    """
    _check(response)
    cells, P = design.cells, design.periods
    C, each = len(cells), n / len(design.sequences)
    contrast = np.vstack([np.eye(P - 1), -np.ones((1, P - 1))])
    information = np.zeros((C + P - 1, C + P - 1))
    for sequence in design.sequences:
        X = np.zeros((P, C + P - 1))
        X[np.arange(P), [cells.index(c) for c in sequence]] = 1.0
        X[:, C:] = contrast
        S = response.covariance(sequence, fraction)
        information += each * X.T @ np.linalg.solve(S, X)
    return np.asarray(np.linalg.inv(information)[:C, :C])


def _check(response: Response) -> None:
    if math.isfinite(response.var_session) and response.var_session > 0.0:
        return
    raise InputError(
        Problem(
            what="the scores do not vary between sessions, so nothing can be planned from them",
            value=f"variance {response.var_session:g} points squared",
            why="without spread every design would be certain",
            fix="give the SD of a person's paired differences with --sd, in points, above 0",
        )
    )


def degrees(design: Candidate, n: int) -> float:
    """Return degrees of freedom: n completers minus sequences."""
    return float(n - len(design.sequences))


def effects(design: Candidate, response: Response, fraction: float, n: int) -> tuple[Array, Array]:
    """Return blocked and open effect (a, d), as the fraction reads them, and their covariance.

    Without a no-drug cell both are changes from baseline, so d holds what improves without the
    drug too, and the fraction is of the whole change.
    """
    cells = tuple(c for c in design.cells if c not in (HIGHER, ALONE_HIGHER))
    L = np.stack(contrasts(cells))
    keep = [design.cells.index(c) for c in cells]
    V = cell_covariance(design, response, fraction, n)[np.ix_(keep, keep)]
    return L @ response.mean(cells, fraction), L @ V @ L.T


def contrast_se(
    design: Candidate, response: Response, fraction: float, n: int, plus: str, minus: str
) -> float:
    """Return the standard error of the difference of two cells, points."""
    w = np.zeros(len(design.cells))
    w[design.cells.index(plus)], w[design.cells.index(minus)] = 1.0, -1.0
    V = cell_covariance(design, response, fraction, n)
    return float(np.sqrt(w @ V @ w))

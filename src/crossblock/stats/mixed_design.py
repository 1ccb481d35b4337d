"""The design of a mixed model: scores, effects and covariance as arrays, cut into blocks.

A block is a set of rows that no random effect or residual unit joins to any other row. Participants
are blocks when every factor is nested in them; crossed factors merge blocks until none is shared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crossblock.core.errors import DesignError, Problem, shorten
from crossblock.kernels.covariance import CURVED, LINEAR, Blocks, Structure

RESIDUALS = LINEAR + CURVED
RANK_TOLERANCE = 1e-9  # that of kernels.mixed


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RandomTerm:
    """A random effect: one draw for every level of `group`, shared by its rows.

    `group` (n,) holds any labels. `slopes` (n, q) are the columns whose coefficients vary, with
    `labels` for them; None means an intercept alone. Give a column of ones for the intercept:
    correlated intercept and slope of day is slopes = [1, day].
    """

    name: str
    group: Any
    slopes: Any = None
    labels: tuple[str, ...] = ("intercept",)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Residual:
    """The residual covariance inside a unit (a participant, or a participant's period).

    `kind`: independent, cs (covariance free to be negative), diagonal, toeplitz, un, ar1, csh,
    arh1, toeph. `unit` (n,) labels the unit; `position` (n,) the place inside it, such as the
    visit or the period-by-visit cell; positions are ordered as numbers or text sort. `labels`
    names the positions in that order.
    """

    kind: str = "independent"
    unit: Any = None
    position: Any = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Design:
    """One data set: y (n,), X (n, p), with its covariance; every array without missing rows."""

    y: np.ndarray
    X: np.ndarray
    names: tuple[str, ...]
    terms: Mapping[str, tuple[int, ...]]  # the columns of each term of a formula
    random: tuple[RandomTerm, ...]
    residual: Residual
    bounded: bool
    structure: Structure
    group: np.ndarray  # (n, terms) int codes
    Z: np.ndarray  # (n, columns)
    unit: np.ndarray  # (n,) int codes
    position: np.ndarray  # (n,) int
    positions: tuple[str, ...]  # labels of the residual positions


def codes(labels: Any, keep: np.ndarray, what: str) -> tuple[np.ndarray, list[Any]]:
    """Return integer codes of the labels where `keep` (n,), and their sorted levels."""
    values = np.asarray(labels)
    if values.shape != keep.shape:
        raise DesignError(
            Problem(
                what=f"{what} has {values.size} labels for {keep.size} scores",
                fix="give one label for each score",
            )
        )
    levels, code = np.unique(values[keep], return_inverse=True)
    return code.astype(np.int64), list(levels)


def design(
    y: Any,
    X: Any,
    *,
    names: Sequence[str] = (),
    terms: Mapping[str, tuple[int, ...]] | None = None,
    random: Sequence[RandomTerm] = (),
    residual: Residual | None = None,
    bounded: bool = True,
) -> Design:
    """Return the design of one data set; rows whose score is NaN are left out.

    Raises DesignError where the arrays cannot carry a model.
    """
    residual = residual or Residual()
    score, effects = np.asarray(y, dtype=float), np.asarray(X, dtype=float)
    names = tuple(names) or tuple(f"x{k}" for k in range(effects.shape[-1]))
    _check_arrays(score, effects, names, residual)
    keep = ~np.isnan(score)
    n = int(keep.sum())
    group = [codes(t.group, keep, f"random term {t.name}")[0] for t in random]
    columns = [_columns(t, keep) for t in random]
    unit, position, labels = _residual_codes(residual, keep)
    structure = Structure(
        random=tuple(c.shape[1] for c in columns),
        residual=residual.kind,
        positions=len(labels),
        bounded=bounded,
    )
    made = Design(
        y=score[keep],
        X=effects[keep],
        names=names,
        terms=terms or {name: (k,) for k, name in enumerate(names)},
        random=tuple(random),
        residual=residual,
        bounded=bounded,
        structure=structure,
        group=np.stack(group, axis=1) if group else np.zeros((n, 0), dtype=np.int64),
        Z=np.concatenate(columns, axis=1) if columns else np.zeros((n, 0)),
        unit=unit,
        position=position,
        positions=labels,
    )
    _check_design(made)
    return made


def _columns(term: RandomTerm, keep: np.ndarray) -> np.ndarray:
    if term.slopes is None:
        return np.ones((int(keep.sum()), 1))
    slopes = np.asarray(term.slopes, dtype=float)
    slopes = slopes[:, None] if slopes.ndim == 1 else slopes
    if slopes.shape[0] != keep.size or not np.all(np.isfinite(slopes[keep])):
        raise DesignError(
            Problem(
                what=f"the slopes of {term.name} are not one finite row a score",
                value=f"{slopes.shape[0]} rows for {keep.size} scores",
                fix="give one finite value a slope for each score",
            )
        )
    return np.asarray(slopes[keep])


def _residual_codes(
    residual: Residual, keep: np.ndarray
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    n = int(keep.sum())
    unit, position = np.arange(n), np.zeros(n, dtype=np.int64)
    labels: tuple[str, ...] = ("",)
    if residual.unit is not None:
        unit = codes(residual.unit, keep, "the residual unit")[0]
    if residual.position is not None:
        position, levels = codes(residual.position, keep, "the residual position")
        labels = residual.labels or tuple(str(level) for level in levels)
        if residual.labels and isinstance(levels[0], np.integer):
            labels = tuple(residual.labels[int(level)] for level in levels)
    return unit, position, labels


def _check_arrays(y: np.ndarray, X: np.ndarray, names: tuple[str, ...], residual: Residual) -> None:
    problems = []
    if y.ndim != 1 or X.ndim != 2 or X.shape[0] != y.shape[0] or X.shape[1] != len(names):
        problems.append(
            Problem(
                what="scores and design do not fit together",
                value=f"scores {y.shape}, design {X.shape}, {len(names)} names",
                fix="give n scores, an n by p design and p names",
            )
        )
    elif not np.all(np.isfinite(X)):
        bad = [name for name, column in zip(names, X.T) if not np.all(np.isfinite(column))]
        problems.append(
            Problem(
                what="the design has missing or infinite values",
                where=", ".join(bad),
                fix="fill or remove these rows; only a score may be missing",
            )
        )
    if np.any(np.isinf(y)):
        problems.append(
            Problem(
                what="a score is infinite",
                where=f"row {int(np.argmax(np.isinf(y))) + 1}",
                why="no model of differences is defined for it",
                fix="correct the value, or leave it empty if it was not observed",
            )
        )
    problems += _residual_problems(residual)
    if problems:
        raise DesignError(*problems)


def _residual_problems(residual: Residual) -> list[Problem]:
    """Return what is wrong with the description of a residual covariance."""
    if residual.kind not in RESIDUALS:
        return [
            Problem(
                what="unknown residual covariance",
                value=shorten(residual.kind),
                fix=f"use one of {', '.join(RESIDUALS)}",
            )
        ]
    if residual.kind not in ("independent", "diagonal") and residual.unit is None:
        return [
            Problem(
                what=f"a {residual.kind} residual covariance needs its unit",
                fix="name the unit whose scores are correlated, such as the participant",
            )
        ]
    if residual.kind not in ("independent", "cs") and residual.position is None:
        return [
            Problem(
                what=f"a {residual.kind} residual covariance needs positions",
                fix="name the visit or cell that orders the scores inside a unit",
            )
        ]
    return []


def _check_design(d: Design) -> None:
    """Refuse what no estimate can come from, naming the effects concerned."""
    n, p = d.X.shape
    if n <= p:
        raise DesignError(
            Problem(
                what=f"{n} scores for {p} effects",
                why="nothing is left to estimate a variance from",
                fix="drop effects, or collect more scores",
            )
        )
    confounded = confounded_columns(d.X, d.names)
    if confounded:
        raise DesignError(
            Problem(
                what="some effects cannot be told apart in this design",
                where=", ".join(confounded),
                why="each is a sum of effects before it, or is never observed",
                fix="drop it, merge conditions, or check that every condition was observed",
            )
        )
    for term, code in zip(d.random, d.group.T, strict=True):
        _check_levels(len(np.unique(code)), n, term.name)
    if d.structure.residual not in ("independent", "diagonal"):
        _check_levels(len(np.unique(d.unit)), 0, "the residual unit")
        _check_positions(d)


def _check_levels(levels: int, n: int, name: str) -> None:
    if levels < 2:
        raise DesignError(
            Problem(
                what=f"{name} has a single level",
                why="a variance between one participant cannot be estimated",
                fix="add participants, or leave this term out",
            )
        )
    if levels == n:
        raise DesignError(
            Problem(
                what=f"{name} has one score a level",
                why="its variance and the residual variance cannot be told apart",
                fix="leave this term out",
            )
        )


def _check_positions(d: Design) -> None:
    if d.residual.position is None:
        return
    cells = np.stack([d.unit, d.position], axis=1)
    if len(np.unique(cells, axis=0)) < len(cells):
        raise DesignError(
            Problem(
                what="two scores share one position of one residual unit",
                fix="name positions that tell every score of a unit apart",
            )
        )


def confounded_columns(X: np.ndarray, names: Sequence[str]) -> list[str]:
    """Return the names of columns that the columns before them explain."""
    R = np.linalg.qr(X, mode="r")
    left = np.abs(np.diagonal(R))
    length = np.linalg.norm(X, axis=0)
    return [name for name, a, b in zip(names, left, length) if a <= RANK_TOLERANCE * max(b, 1e-300)]


def block_labels(d: Design) -> np.ndarray:
    """Return for each row the number of its block."""
    label = np.arange(len(d.y))
    joins = [*d.group.T, d.unit]
    while True:
        before = label
        for code in joins:
            lowest = np.full(code.max() + 1, len(label))
            np.minimum.at(lowest, code, label)
            label = lowest[code]
        if np.array_equal(label, before):
            return np.unique(label, return_inverse=True)[1]


def to_blocks(designs: Sequence[Design]) -> Blocks:
    """Return the designs, which share one structure, as padded blocks."""
    labels = [block_labels(d) for d in designs]
    S = max(int(b.max()) + 1 for b in labels)
    m = max(int(np.bincount(b).max()) for b in labels)
    lead = (len(designs), S, m)
    first = designs[0]
    out = Blocks(
        y=np.zeros(lead),
        X=np.zeros((*lead, first.X.shape[1])),
        observed=np.zeros(lead, dtype=bool),
        group=np.zeros((*lead, first.group.shape[1]), dtype=np.int64),
        Z=np.zeros((*lead, first.Z.shape[1])),
        unit=np.zeros(lead, dtype=np.int64),
        position=np.zeros(lead, dtype=np.int64),
    )
    for k, (d, block) in enumerate(zip(designs, labels, strict=True)):
        order = np.argsort(block, kind="stable")
        size = np.bincount(block)
        within = np.arange(len(block)) - np.repeat(np.cumsum(size) - size, size)
        at = (k, block[order], within)
        out.y[at], out.X[at], out.observed[at] = d.y[order], d.X[order], True
        out.group[at], out.Z[at] = d.group[order], d.Z[order]
        out.unit[at], out.position[at] = d.unit[order], d.position[order]
    return out

"""Mixed models from formulas.

    fit_formula("change ~ treatment * C(visit) + C(period)", data,
                random=["1 | participant", "1 | participant:period"])
    fit_formula("score ~ treatment", data, repeated="un(visit | participant)")

The fixed effects are a formula of `formulaic` (Wilkinson notation). A random term is written
`columns | group`, with an intercept unless `0 +` says otherwise; `a:b` is the combination of a and
b, `a/b` stands for a and a:b, and `||` makes the columns independent. `repeated` is
`kind(position | unit)` with the kinds of stats.mixed_design.Residual; `cs(participant)` needs no
position. Text columns are factors, in the order their levels sort; write C(visit) to make a number
one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from formulaic import Formula, model_matrix
from formulaic.errors import FormulaicError

from crossblock.core.errors import DesignError, Problem, shorten
from crossblock.stats.mixed import MixedFit, fit
from crossblock.stats.mixed_design import RandomTerm, Residual

ALLOWED_CALLS = (
    *(
        "C",
        "I",
        "log",
        "log10",
        "log2",
        "exp",
        "center",
        "scale",
        "standardize",
        "poly",
        "bs",
        "cr",
    ),
    *("cc", "Sum", "Treatment", "Helmert", "Diff", "Poly", "contr.treatment", "contr.sum"),
    *("contr.helmert", "contr.poly", "np.log", "np.log1p", "np.exp", "np.sqrt", "np.abs"),
)

Table = Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]


def fit_formula(
    formula: str,
    data: Table,
    *,
    random: Sequence[str] = (),
    repeated: str | None = None,
    bounded: bool = True,
    method: str = "reml",
    information: str | None = None,
    kenward_roger: str = "linear",
    unit: str = "points",
) -> MixedFit:
    """Fit the mixed model that a formula and its random and repeated terms describe.

    `data` is columns by name, or rows; an empty or NaN score is missing, and its row is left out.
    Raises DesignError for a column or formula that cannot be read, and as stats.mixed.fit does.
    """
    columns = read_columns(data)
    y, X, names, terms = effects(formula, columns)
    n = len(y)
    groups = [t for text in random for t in random_terms(text, columns, n)]
    residual = residual_of(repeated, columns) if repeated else None
    return fit(
        y,
        X,
        names=names,
        terms=terms,
        random=groups,
        residual=residual,
        bounded=bounded,
        method=method,
        information=information,
        kenward_roger=kenward_roger,
        unit=unit,
    )


def read_columns(data: Table) -> dict[str, np.ndarray]:
    """Return columns as arrays: numbers where every filled cell is one, else text."""
    if isinstance(data, Mapping):
        raw: dict[str, Iterable[Any]] = {str(k): list(v) for k, v in data.items()}
    else:
        raw = {k: [row[k] for row in data] for k in (data[0] if data else {})}
    columns = {name: _column(values) for name, values in raw.items()}
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise DesignError(
            Problem(
                what="the table has no rows or columns of unequal length",
                value=shorten(str({k: len(v) for k, v in columns.items()})),
                fix="give every column one value for each score",
            )
        )
    return columns


def _column(values: Iterable[Any]) -> np.ndarray:
    cells = [None if v is None or (isinstance(v, str) and not v.strip()) else v for v in values]
    if all(v is None or isinstance(v, (int, float, np.number, bool)) for v in cells):
        return np.array([np.nan if v is None else float(v) for v in cells])
    return np.array(["" if v is None else str(v) for v in cells])


def effects(
    formula: str, columns: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...], dict[str, tuple[int, ...]]]:
    """Return y (n,), X (n, p), the names of its columns and the columns of each term."""
    table = _records(columns)
    try:
        parsed = Formula(formula)
        _check_formula(parsed, formula, columns)
        matrices = model_matrix(parsed, table, na_action="ignore", output="numpy", context={})
    except (FormulaicError, SyntaxError) as problem:
        raise DesignError(
            Problem(
                what="the formula cannot be read",
                value=shorten(formula),
                why=shorten(str(problem).splitlines()[0]),
                fix="write it as 'score ~ treatment + C(period)'",
            )
        ) from None
    spec = matrices.rhs.model_spec
    terms = {str(term): tuple(at) for term, at in spec.term_indices.items()}
    y = np.asarray(matrices.lhs, dtype=float)
    if y.ndim != 2 or y.shape[1] != 1:
        raise DesignError(
            Problem(
                what="the score of a formula must be one number a row",
                value=shorten(formula),
                fix="name one numeric column before the ~; text cells make a column a factor",
            )
        )
    return y[:, 0], np.asarray(matrices.rhs, dtype=float), tuple(spec.column_names), terms


def _records(columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the columns as one record array, the table that formulaic reads."""
    length = len(next(iter(columns.values())))
    table = np.empty(length, dtype=[(name, column.dtype) for name, column in columns.items()])
    for name, column in columns.items():
        table[name] = column
    return table.view(np.recarray)


def _check_formula(parsed: Any, text: str, columns: Mapping[str, np.ndarray]) -> None:
    """Refuse a formula without a score, with unknown columns, or with code beyond the list."""
    if not hasattr(parsed, "lhs") or not hasattr(parsed, "rhs"):
        raise DesignError(
            Problem(
                what="the formula has no score",
                value=shorten(text),
                fix="write it as 'score ~ treatment + C(period)'",
            )
        )
    for side in (parsed.lhs, parsed.rhs):
        for term in side:
            for factor in term.factors:
                _check_code(str(factor.expr), text)
        for variable in side.required_variables:
            _column_of(str(variable), columns)
    _check_filled(parsed.rhs.required_variables, columns)


def _check_code(expression: str, text: str) -> None:
    """A formula is evaluated, so only arithmetic and listed functions may stand in it."""
    try:
        tree = ast.parse(expression.replace("`", ""), mode="eval")
    except SyntaxError:
        raise DesignError(
            Problem(what="the formula cannot be read", value=shorten(text), why=shorten(expression))
        ) from None
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            known = ast.unparse(node.func) in ALLOWED_CALLS
        elif isinstance(node, ast.Attribute):
            known = id(node) in called
        else:
            known = not isinstance(node, (ast.Subscript, ast.Lambda, ast.comprehension))
        if not known:
            raise DesignError(
                Problem(
                    what="the formula calls something that is not in the list",
                    value=shorten(expression),
                    fix=f"use {', '.join(sorted(ALLOWED_CALLS))}",
                )
            )


def _check_filled(names: Iterable[str], columns: Mapping[str, np.ndarray]) -> None:
    for name in names:
        column = columns[str(name)]
        empty = column == "" if column.dtype.kind == "U" else np.isnan(column)
        if np.any(empty):
            raise DesignError(
                Problem(
                    what="an explanatory column has empty cells",
                    where=str(name),
                    value=f"row {int(np.argmax(empty)) + 1}",
                    fix="fill or remove these rows; only a score may be missing",
                )
            )


def _column_of(name: str, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    if name not in columns:
        raise DesignError(
            Problem(
                what="the data have no such column",
                value=shorten(name),
                fix=f"use one of {', '.join(columns)}",
            )
        )
    return columns[name]


def _combined(text: str, columns: Mapping[str, np.ndarray]) -> tuple[np.ndarray, list[str]]:
    """Return codes (n,) of `a:b:c` in the order its parts sort, and the labels of the codes."""
    parts = [_column_of(part.strip(), columns) for part in text.split(":")]
    code, labels = np.zeros(len(parts[0]), dtype=np.int64), [""]
    for part in parts:
        levels, at = np.unique(part, return_inverse=True)
        shown = [f"{v:g}" if part.dtype.kind == "f" else str(v) for v in levels]
        code = code * len(levels) + at
        labels = [f"{a}:{b}" if a else b for a in labels for b in shown]
    present, code = np.unique(code, return_inverse=True)
    return code, [labels[k] for k in present]


def random_terms(text: str, columns: Mapping[str, np.ndarray], n: int) -> list[RandomTerm]:
    """Return the random terms of `columns | group`."""
    match = re.fullmatch(r"\s*\(?([^|]*?)(\|\|?)([^|()]*?)\)?\s*", text)
    if match is None:
        raise DesignError(
            Problem(
                what="the random term cannot be read",
                value=shorten(text),
                fix="write it as '1 | participant' or '1 + day | participant'",
            )
        )
    left, bar, right = (part.strip() for part in match.groups())
    groups = [g.strip() for g in right.split("/")]
    nested = [":".join(groups[: k + 1]) for k in range(len(groups))]
    slopes, labels = _slopes(left, columns, n)
    made = []
    for group in nested:
        code, _ = _combined(group, columns)
        if bar == "|":
            made.append(RandomTerm(name=group, group=code, slopes=slopes, labels=labels))
            continue
        made += [
            RandomTerm(name=f"{group} {label}", group=code, slopes=slopes[:, [k]], labels=(label,))
            for k, label in enumerate(labels)
        ]
    return made


def _slopes(left: str, columns: Mapping[str, np.ndarray], n: int) -> tuple[Any, tuple[str, ...]]:
    if left in ("", "1"):
        return np.ones((n, 1)), ("intercept",)
    filled = {**columns, "__score": np.zeros(n)}
    _, Z, names, _ = effects(f"__score ~ {left}", filled)
    return Z, tuple("intercept" if name in ("1", "Intercept") else name for name in names)


def residual_of(text: str, columns: Mapping[str, np.ndarray]) -> Residual:
    """Return the residual covariance of `kind(position | unit)` or `kind(unit)`."""
    match = re.fullmatch(r"\s*(\w+)\s*\(\s*(?:([^|()]*)\|)?([^|()]*)\)\s*", text)
    if match is None:
        raise DesignError(
            Problem(
                what="the repeated term cannot be read",
                value=shorten(text),
                fix="write it as 'un(visit | participant)' or 'cs(participant)'",
            )
        )
    kind, position, unit = match.groups()
    unit_code, _ = _combined(unit, columns)
    if not position or not position.strip():
        return Residual(kind=kind, unit=unit_code)
    code, labels = _combined(position, columns)
    return Residual(kind=kind, unit=unit_code, position=code, labels=tuple(labels))

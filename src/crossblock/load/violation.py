"""What a file does wrong, as problems with line, key path, value, reason and fix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from inspect import isclass
from itertools import islice
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from crossblock.core.errors import Problem, shorten
from crossblock.domain.contradiction import Contradiction, Path
from crossblock.domain.model import impostor
from crossblock.load.catalog import nearest
from crossblock.load.document import Document
from crossblock.load.locator import nearest_line
from crossblock.load.meaning import meanings

KINDS = {
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list in [ ]",
    "list_type": "a list in [ ]",
    "dict_type": "a [table]",
    "model_type": "a [table] or { }",
    "model_attributes_type": "a [table] or { }",
}
MOST = 1000  # of one kind; a file with more is wrong in one way that repeats
LIMITS = {
    "greater_than": ("the number is too small", "it must be more than {gt}"),
    "greater_than_equal": ("the number is too small", "it must be at least {ge}"),
    "less_than": ("the number is too large", "it must be less than {lt}"),
    "less_than_equal": ("the number is too large", "it must be at most {le}"),
    "string_too_long": ("the text is too long", "at most {max_length} characters"),
    "string_too_short": ("the text is empty", "at least {min_length} character"),
    "too_long": ("the list is too long", "at most {max_length} elements"),
    "too_short": ("the list is empty", "at least {min_length} element"),
}


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A problem and the line it stands on, for sorting."""

    line: int
    problem: Problem


def of(error: ValidationError, found: Document, model: type[BaseModel]) -> list[Violation]:
    """Return one violation per error that the strict model found."""
    rows = error.errors(include_url=False)
    own = (row for row in rows if not _follows(row))
    return [_violation(row, found, model) for row in islice(own, MOST)]


def _follows(row: Mapping[str, Any]) -> bool:
    """Tell a list that counts as too short only because its elements were refused."""
    least = row.get("ctx", {}).get("min_length", 0)
    return bool(row["type"] == "too_short" and len(row["input"]) >= least)


def from_contradictions(
    contradictions: Iterable[Contradiction], found: Document
) -> list[Violation]:
    """Return contradictions with the lines they stand on."""
    return [
        _at(found, c.path, what=c.what, value=shorten(c.value), why=c.why, fix=shorten(c.fix, 300))
        for c in islice(contradictions, MOST)
    ]


def _at(found: Document, path: Path, **words: str) -> Violation:
    line = nearest_line(found.lines, path)
    return Violation(line=line or 0, problem=Problem(where=found.place(path), **words))


def _violation(row: Mapping[str, Any], found: Document, model: type[BaseModel]) -> Violation:
    path: Path = tuple(row["loc"])
    kind, context = row["type"], row.get("ctx", {})
    real = found.real(path)
    if kind == "missing":
        return _missing(path, found, model)
    if kind == "extra_forbidden":
        return _extra(path, found, model)
    return _at(found, real, value=shown(row["input"]), **_words(kind, row["msg"], context))


def shown(value: object) -> str:
    """Return a value of a TOML file as it is written there, shortened."""
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {_written(v)}" for key, v in list(value.items())[:8])
        return shorten(f"{{ {inner} }}")
    return shorten(value) if isinstance(value, str) else shorten(_written(value))


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(_written(v) for v in value[:8])}]"
    return shown(value) if isinstance(value, dict) else str(value)


def _words(kind: str, message: str, context: Mapping[str, Any]) -> dict[str, str]:
    if kind == "crossblock":
        return {k: str(context[k]) for k in ("what", "why", "fix")}
    if kind in KINDS:
        return {"what": "a value of the wrong kind", "why": f"{KINDS[kind]} is expected here"}
    if kind in LIMITS:
        what, why = LIMITS[kind]
        return {"what": what, "why": why.format(**context)}
    if kind == "finite_number":
        return {
            "what": "not a finite number",
            "why": "NaN, infinity and numbers beyond 1e308 cannot be computed with",
            "fix": "write a plain decimal number",
        }
    if kind in {"literal_error", "enum"}:
        return {
            "what": "not one of the words that are allowed here",
            "why": f"allowed: {shorten(context['expected'], 300)}",
            "fix": "use one of them, spelled exactly so",
        }
    if kind == "string_pattern_mismatch":
        return {"what": "the text does not have the form that is needed", "why": message}
    return {"what": "the value cannot be used", "why": shorten(message, 200)}


def _missing(path: Path, found: Document, model: type[BaseModel]) -> Violation:
    key = str(path[-1])
    outer = _model_at(model, path[:-1])
    about = meanings(outer).get(_field(outer, key)) if outer else None
    return _at(
        found,
        found.real(path[:-1]),
        what=f"missing key {key}",
        why=about.split("\n")[0] if about else "the schema asks for it",
        fix=f"add {key} = … here",
    )


def _extra(path: Path, found: Document, model: type[BaseModel]) -> Violation:
    key = str(path[-1])
    outer = _model_at(model, path[:-1])
    known = [f.alias or name for name, f in outer.model_fields.items()] if outer else []
    odd = impostor(key)
    return _at(
        found,
        path,
        what=f"unknown key {shorten(key, 64)}",
        value=shown(found.at(path)),
        why=f"it holds {odd}, which may look like another letter" if odd else "no such key here",
        fix=nearest(key, known),
    )


def _field(model: type[BaseModel], key: str) -> str:
    return next((n for n, f in model.model_fields.items() if f.alias == key), key)


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Return the model whose keys stand at `path`, following lists and optional fields."""
    here: type[BaseModel] | None = model
    for key in path:
        if isinstance(key, int):
            continue
        field = here.model_fields.get(_field(here, key)) if here else None
        if field is None:
            return None
        here = _inner(field.annotation)
    return here


def _inner(annotation: Any) -> type[BaseModel] | None:
    if isclass(annotation):
        return annotation if issubclass(annotation, BaseModel) else None
    found = (_inner(a) for a in get_args(annotation))
    return next((m for m in found if m is not None), None)

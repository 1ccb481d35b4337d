"""TOML files of the user's: bounded, strict, every problem with its key path."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from crossblock.core.errors import CatalogError, Problem, shorten
from crossblock.load.textfile import MIB, decode, not_text, read_bytes

M = TypeVar("M", bound=BaseModel)
# kind of finding -> what is wrong, why, what to do
WORDS = {
    "missing": ("the key is missing", "the schema asks for it", "add the key"),
    "extra_forbidden": (
        "there is no such key",
        "an unknown key is a typing error, not a comment",
        "take it out, or write it as a comment",
    ),
    "literal_error": ("not one of the allowed words", "", "use one of these words"),
    "string_type": ("not a text", "the key holds a text", "put it in quotation marks"),
    "float_type": ("not a number", "the key holds a number", "write it without quotation marks"),
    "int_type": ("not a whole number", "the key holds a whole number", "write it without point"),
    "bool_type": ("neither true nor false", "the key holds a yes or no", "write true or false"),
    "finite_number": ("not a finite number", "files hold finite numbers", "write the number out"),
}


def data(path: Path) -> bytes:
    """Return a file's bytes; CatalogError when it cannot be read or is over 1 MiB."""
    return read_bytes(path, shorten(str(path)), MIB, CatalogError)


def table(content: bytes, where: str) -> dict[str, Any]:
    """Return the table that TOML bytes hold; CatalogError when they are not TOML."""
    text = not_text(content[:8], where) or decode(content, where)
    if isinstance(text, Problem):
        raise CatalogError(text)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CatalogError(
            Problem(
                what="this is not a TOML file",
                where=where,
                why=shorten(str(error), 200),
                fix='start from a file in the catalog; the first line is schema = "..."',
            )
        ) from None


def validated(model: type[M], content: bytes, where: str) -> M:
    """Return the file as `model`; CatalogError with one problem per wrong or missing key."""
    try:
        return model.model_validate(table(content, where))
    except ValidationError as error:
        raise CatalogError(*(_problem(e, model, where) for e in error.errors())) from None


def _problem(error: ErrorDetails, model: type[BaseModel], where: str) -> Problem:
    """Return one finding of the schema in our words."""
    kind, path = error["type"], ".".join(str(part) for part in error["loc"])
    what, why, fix = WORDS.get(
        kind, (str(error["msg"]).lower(), "the schema asks for it", "compare with a catalog file")
    )
    if kind == "literal_error":
        why = f"it is one of {error['ctx']['expected']}"
    if kind == "extra_forbidden":
        near = get_close_matches(str(error["loc"][-1]), _keys(model), n=1)
        fix = f"did you mean {near[0]}?" if near else fix
    value = "" if kind == "missing" else shorten(error["input"])
    return Problem(what=what, where=f"{where}, {path}", value=value, why=why, fix=fix)


def _keys(model: type[BaseModel]) -> list[str]:
    """Return every key that a file of this model may hold, at any depth."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return sorted({key for part in parts for key in part.get("properties", {})})

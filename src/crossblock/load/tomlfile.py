"""TOML files of the user's: bounded, strict, every problem with its key path."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from crossblock.core.errors import CatalogError, Problem, shorten

MOST_BYTES = 1 << 20
M = TypeVar("M", bound=BaseModel)


def data(path: Path) -> bytes:
    """Return a file's bytes; CatalogError when it cannot be read or is over 1 MiB."""
    try:
        size = path.stat().st_size
        found = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise CatalogError(
            Problem(
                what="the file cannot be read",
                where=shorten(str(path)),
                why=error.strerror or "",
                fix="check the path",
            )
        ) from None
    if size > MOST_BYTES:
        raise CatalogError(
            Problem(
                what="the file is too large",
                where=shorten(str(path)),
                value=f"{size} bytes",
                why="files of this kind hold a few hundred lines; the limit is 1 MiB",
                fix="keep data out of this file",
            )
        )
    return found


def table(content: bytes, where: str) -> dict[str, Any]:
    """Return the table that TOML bytes hold; CatalogError when they are not TOML."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
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
        raise CatalogError(
            *(
                Problem(
                    what=_what(e["type"], e["msg"]),
                    where=f"{where}, {'.'.join(str(part) for part in e['loc'])}",
                    value="" if e["type"] == "missing" else shorten(e["input"]),
                    why="the schema of the file asks for it",
                    fix="compare with a file in the catalog",
                )
                for e in error.errors()
            )
        ) from None


def _what(kind: str, message: str) -> str:
    return {"missing": "the key is missing", "extra_forbidden": "there is no such key"}.get(
        kind, message
    )

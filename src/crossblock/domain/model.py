"""The strict base of every noun that is written in a file, and the texts and lists it is made of.

Pydantic checks each key once, at the file border; the value that comes out is frozen and is the
noun itself, so that nothing is mapped twice.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

T = TypeVar("T")
IDENTIFIER = r"[a-z0-9][a-z0-9_-]{0,63}"


class Model(BaseModel):
    """A noun read from a file: strict types, no unknown keys, finite numbers, frozen."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
    )


def refusal(what: str, *, why: str = "", fix: str = "") -> PydanticCustomError:
    """Return the error that a validator raises; `load` turns it into a `Problem`."""
    return PydanticCustomError("crossblock", "{what}", {"what": what, "why": why, "fix": fix})


def impostor(text: str) -> str:
    """Name the first character of `text` that is not plain ASCII, or return ""."""
    odd = next((c for c in text if not " " <= c <= "~"), "")
    if not odd:
        return ""
    name = unicodedata.name(odd, "a control character")
    return f"U+{ord(odd):04X} {name}"


def _identifier(text: str) -> str:
    if re.fullmatch(IDENTIFIER, text):
        return text
    odd = impostor(text)
    why = f"it holds {odd}, which may look like another letter" if odd else "names are joined by id"
    raise refusal(
        "not a plain id",
        why=why,
        fix="use lower-case ASCII letters, digits, - and _, at most 64 characters",
    )


def _printable(text: str) -> str:
    odd = next((c for c in text if not (c.isprintable() or c == "\n")), "")
    if odd:
        raise refusal(
            "a text holds an invisible control character",
            why=f"U+{ord(odd):04X} could hide or reverse what a reader sees",
            fix="delete it and type the text again",
        )
    return text


Id = Annotated[
    str,
    Field(json_schema_extra={"pattern": f"^{IDENTIFIER}$"}),
    AfterValidator(_identifier),
]
Label = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
Text = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_printable)]
Note = Annotated[str, Field(max_length=4000), AfterValidator(_printable)]
Many = Annotated[tuple[T, ...], Field(strict=False, max_length=500)]
Some = Annotated[tuple[T, ...], Field(strict=False, min_length=1, max_length=500)]

"""Where a value stands: its source, how it was met, and what other sources say instead.

A bare value in a file is a decision of that file. A value taken from elsewhere is written as
`{ value, source, confidence, note }`, and where sources disagree the rivals stay beside it in
`also`. Values that nobody read in a text (memory, assumed) can be listed, so that every page that
uses them shows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import (
    BaseModel,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from crossblock.core.quantity import Quantity
from crossblock.domain.model import Id, Label, Many, Model, Note, Text, refusal

T = TypeVar("T")
Confidence = Literal[
    "decided",
    "read",
    "abstract",
    "registry",
    "secondary",
    "open data",
    "memory",
    "assumed",
]
AMBER: frozenset[str] = frozenset({"memory", "assumed"})
UNSOURCED = AMBER | {"decided"}


class Source(Model):
    """A paper, registry record, data set or news report that values of this file rest on."""

    text: Text
    """The citation in full."""
    doi: Annotated[str, Field(pattern=r"^10\.[0-9]{4,9}/[!-~]+$", max_length=200)] | None = None
    registry: Label | None = None
    """Registry number, for example NCT00088699."""
    note: Note = ""


class Claim(Model, Generic[T]):
    """One value, where it stands and how it was met."""

    value: T
    source: Id | None = None
    """Key of the `[sources]` table."""
    confidence: Confidence = "decided"
    """decided: laid down by this file itself. memory, assumed: no text was read (amber)."""
    note: Note = ""

    @model_validator(mode="wrap")
    @classmethod
    def _bare_value(cls, data: Any, handler: ModelWrapValidatorHandler[Claim[T]]) -> Claim[T]:
        if cls._is_bare(data):
            data = {"value": data}
        claim = handler(data)
        if claim.source is None and claim.confidence not in UNSOURCED:
            raise refusal(
                f'a value marked "{claim.confidence}" names no source',
                why="whoever checks the value must be able to find it",
                fix='add source = "…" with a key of [sources], or mark it memory or assumed',
            )
        if claim.source is not None and claim.confidence == "decided":
            raise refusal(
                "a value names a source but not how it was met",
                why="a number that was read differs from one that is remembered",
                fix='add confidence = "read", "abstract", "registry", "secondary", "open data", '
                '"memory" or "assumed"',
            )
        return claim

    @classmethod
    def _is_bare(cls, data: Any) -> bool:
        """Tell a plain value from a claim's table; a table can itself be the value."""
        if isinstance(data, Claim):
            return False
        if isinstance(data, dict):
            kind = cls.model_fields["value"].annotation
            holds_table = isinstance(kind, type) and issubclass(kind, BaseModel)
            return holds_table and not data.keys() & cls.model_fields.keys()
        return True

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        table = handler.resolve_ref_schema(handler(schema))
        bare = table["properties"]["value"]
        return {"anyOf": [bare, table]}

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return f"{cls.__name__}[{_type_name(params[0])}]"

    @property
    def amber(self) -> bool:
        """True when no text was read for this value."""
        return self.confidence in AMBER


class Sourced(Claim[T], Generic[T]):
    """A value with its source and, where sources disagree, the rival claims beside it."""

    also: Many[Claim[T]] = ()
    """What other sources say instead; the file keeps both."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumption:
    """A value that nobody read in a text: shown in amber wherever it is used."""

    path: str
    value: str
    confidence: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Disagreement:
    """A point on which sources differ; the first statement is the one the file works with."""

    path: str
    statements: tuple[tuple[str, str], ...]
    """(value, source key or confidence), in the order of the file."""


def _type_name(kind: Any) -> str:
    for mark in getattr(kind, "__metadata__", ()):
        if hasattr(mark, "name"):
            return str(mark.name).title().replace(" ", "")
    plain = getattr(kind, "__origin__", kind)
    if plain is Literal:
        return "Choice" + "".join(str(v)[:1].upper() + str(v)[1:3] for v in kind.__args__)
    return "Text" if kind is Text else getattr(plain, "__name__", str(plain)).title()


def claims(noun: object, path: str = "") -> Iterator[tuple[str, Claim[Any]]]:
    """Yield every claim below `noun` with its key path; list elements go by their id."""
    if isinstance(noun, Claim):
        yield path, noun
        for number, rival in enumerate(getattr(noun, "also", ()), start=1):
            yield f"{path}.also[{number}]", rival
    elif isinstance(noun, BaseModel):
        for name in type(noun).model_fields:
            yield from claims(getattr(noun, name), f"{path}.{name}" if path else name)
    elif isinstance(noun, tuple):
        for number, element in enumerate(noun, start=1):
            own = getattr(element, "id", None)
            yield from claims(element, f"{path}.{own}" if own else f"{path}[{number}]")


def words(value: object) -> str:
    """Return a claimed value as a person would write it."""
    if isinstance(value, Quantity):
        return str(value)
    return f"{value:g}" if isinstance(value, float) else str(value)

"""Protocol files to `Protocol`: every problem of a file at once, each with its line and key path.

Three passes: the strict model finds wrong keys and values; the rules of `domain.consistency` find
what contradicts itself, in whatever could be read; the catalogs say whether compounds and
instruments exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from crossblock.core.errors import Problem, ProtocolError, shorten
from crossblock.domain.consistency import contradictions
from crossblock.domain.contradiction import Contradiction, missing_id
from crossblock.domain.protocol import FORMAT, Protocol
from crossblock.load import catalog, document, instrument, locator, salvage, violation
from crossblock.load.document import Document


def read(path_or_name: str | Path) -> Protocol:
    """Return the protocol of a path or a catalog name.

    Raises `ProtocolError` with every problem of the file, in the order of its lines.
    """
    path, where = catalog.resolve("protocols", path_or_name, ProtocolError)
    return build(document.read(path, where, ProtocolError))


def parse(data: bytes, where: str) -> Protocol:
    """Return the protocol that the bytes of a TOML file describe."""
    return build(document.parse(data, where, ProtocolError))


def build(found: Document) -> Protocol:
    """Return the protocol of a parsed document, or raise everything that is wrong with it."""
    _check_format(found)
    protocol: Protocol | None = None
    faults: list[violation.Violation] = []
    try:
        protocol = Protocol.model_validate(found.data)
    except ValidationError as error:
        faults = violation.of(error, found, Protocol)
    wrong = chain(
        contradictions(salvage.parts(found.data)),
        _unknown_sources(found.data),
        _unknown_files(found.data),
        _unknown_items(found.data),
    )
    faults += violation.from_contradictions(wrong, found)
    if faults or protocol is None:
        raise ProtocolError(*(f.problem for f in sorted(faults, key=lambda f: f.line)))
    return protocol


def _check_format(found: Document) -> None:
    given = found.data.get("schema", FORMAT)
    if given == FORMAT:
        return
    raise ProtocolError(
        Problem(
            what="this file is of another kind or version",
            where=found.place(("schema",)),
            value=shorten(given),
            why=f"a protocol of this version begins with {FORMAT}",
            fix=f'write schema = "{FORMAT}", or use the release that reads this file',
        )
    )


def _unknown_files(data: dict[str, Any]) -> Iterator[Contradiction]:
    """Yield compounds and instruments that no catalog file describes."""
    for path, name in _texts(data, "administrations", "compound"):
        yield from _absent("compounds", "compound", path, name)
    for path, name in _texts(data, "endpoints", "instrument"):
        yield from _absent("instruments", "instrument", path, name)
    for path, name in _texts(data, "visits", "instruments"):
        yield from _absent("instruments", "instrument", path, name)


def _unknown_items(data: dict[str, Any]) -> Iterator[Contradiction]:
    """Yield endpoints on an item or scale that their instrument does not have."""
    instruments = {path[1]: name for path, name in _texts(data, "endpoints", "instrument")}
    for path, part in _texts(data, "endpoints", "item"):
        name = instruments.get(path[1], "")
        if name in catalog.names("instruments"):
            found = instrument.read(name)
            known = [*(i.id for i in found.items), *(s.id for s in found.scales)]
            if part not in known:
                yield missing_id(path, f"item of {name}", part, known)


def _texts(data: dict[str, Any], rows: str, key: str) -> Iterator[tuple[locator.Path, str]]:
    found = data.get(rows)
    for i, row in enumerate(found if isinstance(found, list) else ()):
        value = row.get(key) if isinstance(row, dict) else None
        if isinstance(value, str):
            yield (rows, i, key), value
        elif isinstance(value, list):
            yield from (((rows, i, key, j), v) for j, v in enumerate(value) if isinstance(v, str))


def _absent(kind: str, word: str, path: locator.Path, name: str) -> Iterator[Contradiction]:
    if name not in catalog.names(kind):
        yield Contradiction(
            path=path,
            what=f"unknown {word}",
            value=name,
            why=f"the catalog has no file {kind}/{shorten(name, 64)}.toml",
            fix=catalog.nearest(name, catalog.names(kind)),
        )


def _unknown_sources(data: dict[str, Any]) -> Iterator[Contradiction]:
    """Yield values whose source is not a key of [sources]."""
    table = data.get("sources")
    known = tuple(table) if isinstance(table, dict) else ()
    for path, key in _source_keys(data, ()):
        if key not in known:
            yield missing_id((*path, "source"), "source", key, known)


def _source_keys(here: Any, path: locator.Path) -> Iterator[tuple[locator.Path, str]]:
    if isinstance(here, dict):
        if "value" in here and isinstance(here.get("source"), str):
            yield path, here["source"]
        for key, inner in here.items():
            yield from _source_keys(inner, (*path, key))
    elif isinstance(here, list):
        for i, inner in enumerate(here):
            yield from _source_keys(inner, (*path, i))

"""A TOML document from a person: bounded, parsed, and able to say where each key stands."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossblock.core.errors import CrossblockError, Problem, shorten
from crossblock.domain.model import impostor
from crossblock.load import locator
from crossblock.load.textfile import MIB, decode, not_text, read_bytes

MOST_BYTES = MIB
MOST_DEEP = 16
MOST_TOKENS = 100_000  # names, values and signs; a full protocol has about 5,000
LONGEST_NAMED = 500
LONG_NUMBER = re.compile(r"[0-9_]{4000}")
PLACE = re.compile(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)")


@dataclass(frozen=True, kw_only=True)
class Document:
    """The data of one TOML file with the line of every key."""

    data: dict[str, Any]
    lines: dict[locator.Path, int]
    where: str

    def place(self, path: locator.Path) -> str:
        """Return "file, line 12, visits.d2.time" for a key path; elements go by their id."""
        line = locator.nearest_line(self.lines, path)
        parts = [self.where]
        if line is not None:
            parts.append(f"line {line}")
        if path:
            parts.append(self.name(path))
        return ", ".join(parts)

    def name(self, path: locator.Path) -> str:
        """Return a key path as words; an array element goes by its id, else by its number."""
        shown = ""
        here: Any = self.data
        for key in path:
            here, outer = _step(here, key), here
            if isinstance(key, int):
                shown += _element_name(here, key, outer)
            else:
                shown += f".{shorten(key, 64)}" if shown else shorten(key, 64)
        return shown

    def at(self, path: locator.Path) -> Any:
        """Return the value at a key path, or None where there is none."""
        here: Any = self.data
        for key in path:
            here = _step(here, key)
        return here

    def real(self, path: locator.Path) -> locator.Path:
        """Return the part of `path` that exists in the file.

        A bare value stands for `{ value = … }`, so that a key "value" may be absent on the way.
        """
        here: Any = self.data
        found: locator.Path = ()
        for key in path:
            if key == "value" and not (isinstance(here, dict) and key in here):
                continue
            if not isinstance(here, (dict, list)) or (isinstance(here, dict) and key not in here):
                break
            found = (*found, key)
            here = _step(here, key)
        return found


def _step(here: Any, key: str | int) -> Any:
    if isinstance(here, dict):
        return here.get(key)
    if isinstance(here, list) and isinstance(key, int) and key < len(here):
        return here[key]
    return None


def _element_name(element: Any, index: int, outer: Any) -> str:
    name = element.get("id") if isinstance(element, dict) else None
    if len(outer) > LONGEST_NAMED:
        return f"[{index + 1}]"
    same = [e for e in outer if isinstance(e, dict) and e.get("id") == name] if name else []
    if isinstance(name, str) and len(same) == 1:
        return f".{shorten(name, 64)}"
    return f"[{index + 1}]"


def read(path: Path, where: str, error: type[CrossblockError]) -> Document:
    """Read a TOML file of at most 1 MiB; raise `error` with a sentence when it is none."""
    data = read_bytes(path, where, MOST_BYTES, error)
    return parse(data, where, error)


def parse(data: bytes, where: str, error: type[CrossblockError]) -> Document:
    """Parse the bytes of a TOML file; raise `error` with a sentence when it is none."""
    text = _text(data, where, error)
    excess = locator.too_much(text, MOST_DEEP, MOST_TOKENS)
    if excess is not None:
        raise error(_excess(excess, where))
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:
        raise error(_not_toml(text, where, fault)) from None
    return Document(data=found, lines=locator.lines(text), where=where)


def _excess(excess: tuple[str, int], where: str) -> Problem:
    kind, line = excess
    what, fix = (
        (f"brackets or dotted keys nest deeper than {MOST_DEEP} levels", "flatten the tables")
        if kind == "deep"
        else (f"more than {MOST_TOKENS:,} names, values and signs", "keep data out of this file")
    )
    return Problem(
        what=what,
        where=f"{where}, line {line}",
        why="no protocol needs it, and reading it could exhaust the machine",
        fix=fix,
    )


def _text(data: bytes, where: str, error: type[CrossblockError]) -> str:
    wrong = not_text(data[:8], where)
    if wrong is None and data.startswith(b"\xef\xbb\xbf"):
        wrong = Problem(
            what="the file begins with a byte-order mark",
            where=f"{where}, line 1",
            value="\\xef\\xbb\\xbf",
            why="TOML is plain UTF-8 without a mark",
            fix='save it as "UTF-8", not as "UTF-8 with BOM"',
        )
    if wrong is not None:
        raise error(wrong)
    text = decode(data, where)
    if isinstance(text, Problem):
        raise error(text)
    return text.replace("\r\n", "\n")


def _not_toml(text: str, where: str, fault: Exception) -> Problem:
    first = next((s for line in text.split("\n") if (s := line.strip()) and s[0] != "#"), "")
    if first == "---" or first.startswith("%YAML") or re.match(r"[\w\"'-]+\s*:(\s|$)", first):
        kind = "YAML"
    elif first.startswith("{"):
        kind = "JSON"
    elif first.startswith("<"):
        kind = "XML or HTML"
    else:
        return _syntax(text, where, str(fault))
    return Problem(
        what=f"this looks like {kind}, not TOML",
        where=where,
        value=shorten(first),
        why="protocols are TOML: one way to write a value, comments, no hidden types",
        fix='write key = value under [table] headers; begin with schema = "crossblock/protocol/1"',
    )


def _syntax(text: str, where: str, message: str) -> Problem:
    rows = text.split("\n")
    if "integer string conversion" in message:
        at = next((n for n, row in enumerate(rows, 1) if LONG_NUMBER.search(row)), 1)
        return Problem(
            what="a whole number has thousands of digits",
            where=f"{where}, line {at}",
            value=shorten(rows[at - 1].strip()),
            why="no count or size needs it, and reading it could exhaust the machine",
            fix="write the number that is meant",
        )
    match = PLACE.fullmatch(message)
    reason, line = (match[1], match[2]) if match else (message, None)
    if line is None:
        return Problem(what="this is not TOML", where=where, why=shorten(reason, 160))
    row = rows[int(line) - 1].strip() if int(line) <= len(rows) else ""
    odd = impostor(row.partition("=")[0]) if '"' not in row.partition("=")[0] else ""
    if odd:
        reason = f"the key holds {odd}, which may look like another letter"
    return Problem(
        what="this is not TOML",
        where=f"{where}, line {line}",
        value=shorten(row),
        why=shorten(reason, 160),
        fix='write key = value; texts stand in "quotes", and each key only once',
    )

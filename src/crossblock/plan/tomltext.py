"""Plain tables and lists as the text of a TOML file, in the order given.

Tables of the top level stand as [table], lists of tables as [[list]]; what lies deeper is written
inline, as in the shipped protocols. Only what a protocol holds is written: text, numbers, booleans,
lists, tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

DEEP = ("population", "design", "blinding", "interim", "estimands", "analysis", "sources")
"""Tables whose own tables stand on their own lines too."""


def dumps(data: Mapping[str, Any], comment: str = "") -> str:
    """Return `data` as TOML; `comment` opens the file, each line behind a #."""
    head = [f"# {line}".rstrip() for line in comment.splitlines()]
    plain = {k: v for k, v in data.items() if not _table(v) and not _tables(v)}
    lines = [*head, *(f"{key(k)} = {value(v)}" for k, v in plain.items())]
    for name, found in data.items():
        if _table(found) or _tables(found):
            lines.extend(_lines((name,), found))
    return "\n".join(lines) + "\n"


def _table(x: object) -> bool:
    return isinstance(x, Mapping)


def _tables(x: object) -> bool:
    if isinstance(x, str) or not isinstance(x, Sequence):
        return False
    return len(x) > 0 and all(isinstance(e, Mapping) for e in x)


def _lines(path: tuple[str, ...], found: Any) -> Iterator[str]:
    name = ".".join(key(p) for p in path)
    for row in found if _tables(found) else [found]:
        yield ""
        yield f"[[{name}]]" if _tables(found) else f"[{name}]"
        apart = {k: v for k, v in row.items() if _own_lines(path, k, v)}
        yield from (f"{key(k)} = {value(v)}" for k, v in row.items() if k not in apart)
        for k, v in apart.items():
            yield from _lines((*path, k), v)


def _own_lines(path: tuple[str, ...], name: str, found: Any) -> bool:
    """Tell whether a table below `path` is written on its own lines; claims stay inline."""
    if path[0] not in DEEP or len(path) > 1:
        return False
    if _tables(found):
        return not any("value" in e for e in found)
    return _table(found) and "value" not in found


def key(name: str) -> str:
    """Return a key, bare where TOML allows it."""
    bare = name and all(c.isascii() and (c.isalnum() or c in "-_") for c in name)
    return name if bare else value(name)


def value(x: Any) -> str:
    """Return one value inline."""
    if isinstance(x, bool):
        return "true" if x else "false"
    if isinstance(x, int | float):
        return repr(x)
    if isinstance(x, str):
        # a JSON string is a TOML basic string, but for the delete character
        return json.dumps(x, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(x, Mapping):
        return "{ " + ", ".join(f"{key(k)} = {value(v)}" for k, v in x.items()) + " }"
    return "[" + ", ".join(value(e) for e in x) + "]"

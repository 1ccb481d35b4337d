"""Where a key of a TOML text stands: key path to line number, and how deep the text nests.

The standard reader gives values without places. This small scanner walks the same text once and
notes the line of every key, table and array element, so that an error can point at it. It trusts
the text to be TOML (the reader refuses it otherwise) and never judges it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|'
    r"'''.*?'{3,5}|"
    r'"(?:[^"\\\n]|\\.)*"|'
    r"'[^'\n]*'|"
    r"#[^\n]*|"
    r"\n|[\[\]{}=,.]|"
    r"[^\s\[\]{}=,.\"'#]+|"
    r"[\"'][^\n]*",
    re.DOTALL,
)


def tokens(text: str) -> Iterator[tuple[str, int]]:
    """Yield (token, line) of a TOML text; comments and blanks are left out."""
    line = 1
    for match in TOKEN.finditer(text):
        token = match[0]
        if not token.startswith("#"):
            yield token, line
        line += token.count("\n")


def too_much(text: str, most_deep: int, most_tokens: int) -> tuple[str, int] | None:
    """Return ("deep" or "long", line) where a text nests too deep or holds too much, or None."""
    depth = dots = 0
    previous = ""
    for count, (token, line) in enumerate(tokens(text), start=1):
        if token in "[{":
            depth += 1
        elif token in "]}":
            depth = max(depth - 1, 0)
        if token == ".":
            dots += 1
        elif previous != ".":
            dots = 0
        previous = token
        if depth > most_deep or dots > most_deep:
            return "deep", line
        if count > most_tokens:
            return "long", line
    return None


@dataclass
class _Frame:
    """One open bracket: an array counting its elements, or an inline table between keys."""

    path: Path
    array: bool
    index: int = 0
    at_key: bool = True
    fresh: bool = True
    key: list[str] = field(default_factory=list)


class _Walker:
    """Follows the tokens of one text; `lines` fills with the first line of every path."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        self.prefix: Path = ()
        self.stack: list[_Frame] = []
        self.key: list[str] = []
        self.state = "key"
        self.brackets = 0

    def note(self, path: Path, line: int) -> None:
        """Keep the first line of a path and of the tables that it opens on its way."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                break
            self.lines[path[:end]] = line

    def take(self, token: str, line: int) -> None:
        """Move one token on."""
        if self.stack:
            self._inside(token, line)
        elif self.state == "header":
            self._header(token, line)
        elif self.state == "value":
            self._value(token, line)
        elif token == "[":
            self.state, self.brackets, self.key = "header", 1, []
        elif token == "\n":
            self.key = []
        elif token == "=":
            self.note((*self.prefix, *self.key), line)
            self.state = "value"
        elif token != ".":
            self.key.append(_plain(token))

    def _header(self, token: str, line: int) -> None:
        if token == "[":
            self.brackets = 2
        elif token == "]":
            self.prefix = self._table(self.key, line)
            self.state = "after"
        elif token != ".":
            self.key.append(_plain(token))

    def _table(self, key: list[str], line: int) -> Path:
        path: Path = ()
        for part in key[:-1]:
            path = (*path, part)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        path = (*path, *key[-1:])
        self.note(path, line)
        if self.brackets == 2:
            self.counts[path] = self.counts.get(path, 0) + 1
            path = (*path, self.counts[path] - 1)
            self.note(path, line)
        elif path in self.counts:
            path = (*path, self.counts[path] - 1)
        return path

    def _value(self, token: str, line: int) -> None:
        if token == "\n":
            self.state, self.key = "key", []
        elif token in "[{":
            self.stack.append(_Frame((*self.prefix, *self.key), token == "["))

    def _inside(self, token: str, line: int) -> None:
        frame = self.stack[-1]
        if token == "\n":
            return
        if token in "]}":
            self.stack.pop()
        elif token == ",":
            frame.index, frame.at_key, frame.fresh, frame.key = frame.index + 1, True, True, []
        elif frame.array:
            self._element(frame, token, line)
        elif frame.at_key and token == "=":
            frame.at_key = False
            self.note((*frame.path, *frame.key), line)
        elif frame.at_key and token != ".":
            frame.key.append(_plain(token))
        elif token in "[{":
            self.stack.append(_Frame((*frame.path, *frame.key), token == "["))

    def _element(self, frame: _Frame, token: str, line: int) -> None:
        path = (*frame.path, frame.index)
        if frame.fresh:
            self.note(path, line)
            frame.fresh = False
        if token in "[{":
            self.stack.append(_Frame(path, token == "["))


def _plain(token: str) -> str:
    return token[1:-1] if token[:1] in "\"'" else token


def lines(text: str) -> dict[Path, int]:
    """Return the line of every key path of a TOML text, array elements counted from 0."""
    walker = _Walker()
    for token, line in tokens(text):
        if walker.state == "after" and token == "\n":
            walker.state, walker.key = "key", []
        elif walker.state != "after":
            walker.take(token, line)
    return walker.lines


def nearest_line(known: dict[Path, int], path: Path) -> int | None:
    """Return the line of a path, or of the nearest table that holds it."""
    for end in range(len(path), 0, -1):
        if path[:end] in known:
            return known[path[:end]]
    return None

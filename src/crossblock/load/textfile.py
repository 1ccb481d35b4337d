"""Text files from people: bounded before they are opened, and decoded with a sentence, not a crash.

The size is asked before the first byte is read, so that a file of any size costs no memory.
"""

from __future__ import annotations

import stat
from pathlib import Path

from crossblock.core.errors import CrossblockError, InputError, Problem, shorten, shorten_path

MIB = 1 << 20
MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
BINARY = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
)


def check_size(path: Path, where: str, cap: int, error: type[CrossblockError]) -> int:
    """Return the size in bytes of a regular file; raise `error` if it is larger than `cap`."""
    try:
        found = path.stat()
    except (OSError, ValueError) as fault:
        raise error(unreadable(where, fault)) from None
    if not stat.S_ISREG(found.st_mode):
        raise error(
            Problem(
                what="this is not a file",
                where=where,
                why="a folder, device or pipe has no end that could be checked",
                fix="give the path of a file",
            )
        )
    if found.st_size > cap:
        raise error(
            Problem(
                what=f"the file is larger than {cap // MIB} MiB",
                where=where,
                value=f"{found.st_size:,} bytes",
                why="it was refused by its size, before it was read",
                fix="keep other data out of it, or split it",
            )
        )
    return found.st_size


def unreadable(where: str, fault: Exception) -> Problem:
    """Return the problem of a file that the system does not let us read."""
    return Problem(
        what="the file cannot be read",
        where=where,
        why=getattr(fault, "strerror", None) or shorten(str(fault)),
        fix="check the path and its permissions",
    )


def read_bytes(path: Path, where: str, cap: int, error: type[CrossblockError]) -> bytes:
    """Return the bytes of a file of at most `cap` bytes, or raise `error`."""
    check_size(path, where, cap, error)
    try:
        with path.open("rb") as handle:
            return handle.read(cap)
    except OSError as fault:
        raise error(unreadable(where, fault)) from None


def not_text(head: bytes, where: str) -> Problem | None:
    """Return why bytes that begin with `head` are no UTF-8 text, if their first bytes tell."""
    for mark, kind in BINARY:
        if head.startswith(mark):
            return Problem(
                what=f"this is {kind}, not a text file",
                where=where,
                value=_bytes(mark),
                fix="save it as plain text (UTF-8)",
            )
    for mark, kind in MARKS:
        if head.startswith(mark):
            return Problem(
                what=f"the text is encoded as {kind}",
                where=where,
                value=_bytes(mark),
                why="files are read as UTF-8",
                fix="save it again with the encoding UTF-8",
            )
    return None


def _bytes(mark: bytes) -> str:
    return " ".join(f"0x{byte:02x}" for byte in mark)


def decode(data: bytes, where: str, line: int = 1) -> str | Problem:
    """Return UTF-8 text, or what is wrong with it; `line` is the number of its first line."""
    nul = data.find(b"\0")
    if nul >= 0:
        at = line + data.count(b"\n", 0, nul)
        return Problem(
            what="the text holds a NUL byte",
            where=f"{where}, line {at}",
            value="\\x00",
            why="text files hold none: this one is damaged, binary or crafted",
            fix="export the file again, or delete the byte",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        at = line + data.count(b"\n", 0, fault.start)
        return Problem(
            what="the text is not UTF-8",
            where=f"{where}, line {at}",
            value=f"byte 0x{data[fault.start]:02x}",
            why="it was probably saved in a Windows or Latin-1 encoding",
            fix="save it again with the encoding UTF-8",
        )


def read_text(path: Path, cap: int = MIB, error: type[CrossblockError] = InputError) -> str:
    """Return a text file of at most `cap` bytes; raises `error` with a sentence when it is none."""
    where = shorten_path(path)
    content = decode(read_bytes(path, where, cap, error), where)
    if isinstance(content, Problem):
        raise error(content)
    return content

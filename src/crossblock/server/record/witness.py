"""Chain heads outside the database: what shows that the whole of it was rolled back or rewritten.

One line per witnessed head: number, hash, time, and the server's Ed25519 signature. The file is
only added to, one locked write a line, after the transaction is safe. It is worth as much as the
place it is kept in: copy it to another machine, and print a head now and then.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crossblock.server import clock
from crossblock.server.study import Study

EVERY = 50
"""At least every so many events a head is witnessed; allocations, locks and the like always."""
TAIL = 1 << 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Witnessed:
    """One line of the witness file."""

    seq: int
    hash: str


class NotWitnessedError(Exception):
    """An act is safe in the database, and the disk did not take its witness line."""


def note(study: Study, seq: int, digest: str) -> None:
    """Add the head (seq, digest) to the witness file and wait until the disk has it.

    What a crash left of a last line is cut off first. Raises `NotWitnessedError` when the disk does
    not take the whole line; no part of it stays.
    """
    at = clock.text(clock.now())
    signature = study.signing_key.sign(f"{seq} {digest} {at}".encode()).hex()
    row = json.dumps({"seq": seq, "hash": digest, "at": at, "signature": signature}) + "\n"
    try:
        study.witness.parent.mkdir(parents=True, exist_ok=True)
        _add(study.witness, row.encode())
    except OSError as error:
        raise NotWitnessedError(f"event {seq}: {error.strerror}") from error


def _add(path: Path, row: bytes) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = _whole(handle)
        os.ftruncate(handle, size)
        try:
            if os.write(handle, row) != len(row):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, size)
            raise
    finally:
        os.close(handle)


def _whole(handle: int) -> int:
    """Return how many bytes of an open file its whole lines take."""
    size = os.fstat(handle).st_size
    start = max(0, size - TAIL)
    tail = os.pread(handle, size - start, start)
    return start + tail.rfind(b"\n") + 1


def read(path: Path, start: int = 0) -> Iterator[Witnessed]:
    """Yield the lines of a witness file from byte `start` on; seq -1 stands for an unreadable one.

    A last line that a crash cut off is passed over.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        file.seek(start)
        for raw in file:
            if raw.endswith(b"\n"):
                yield _line(raw)


def last(path: Path, start: int = 0) -> Witnessed | None:
    """Return the highest head among the last lines of a witness file, from byte `start` on."""
    if not path.exists():
        return None
    beginning = max(start, path.stat().st_size - TAIL)
    with path.open("rb") as file:
        file.seek(beginning)
        if beginning > start:
            file.readline()
        found = [_line(raw) for raw in file if raw.endswith(b"\n")]
    broken = [w for w in found if w.seq < 0]
    return broken[0] if broken else max(found, key=lambda w: w.seq, default=None)


def _line(raw: bytes) -> Witnessed:
    try:
        row = json.loads(raw)
        return Witnessed(seq=int(row["seq"]), hash=str(row["hash"]))
    except (ValueError, KeyError, TypeError):
        return Witnessed(seq=-1, hash="")


def extent(path: Path) -> tuple[int, str]:
    """Return (bytes, SHA-256) of the whole lines of the witness file as it is now."""
    data = path.read_bytes() if path.exists() else b""
    data = data[: data.rfind(b"\n") + 1]
    return len(data), hashlib.sha256(data).hexdigest()

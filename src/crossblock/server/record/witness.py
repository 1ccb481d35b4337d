"""Chain heads outside the database: what shows that the whole of it was rolled back or rewritten.

One line per witnessed head: number, hash, time, and the server's Ed25519 signature. The file is
only added to, one locked write a line, after the transaction is safe. It is worth as much as the
place it is kept in: copy it to another machine, and print a head now and then.
"""

from __future__ import annotations

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


def note(study: Study, seq: int, digest: str) -> None:
    """Add the head (seq, digest) to the witness file and wait until the disk has it."""
    at = clock.text(clock.now())
    signature = study.signing_key.sign(f"{seq} {digest} {at}".encode()).hex()
    row = json.dumps({"seq": seq, "hash": digest, "at": at, "signature": signature}) + "\n"
    study.witness.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(study.witness, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.write(handle, row.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


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
    """Return (bytes, SHA-256) of the witness file as it is now."""
    data = path.read_bytes() if path.exists() else b""
    return len(data), hashlib.sha256(data).hexdigest()

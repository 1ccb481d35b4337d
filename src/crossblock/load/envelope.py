"""One sealed envelope, opened: which sequence a single slot goes through."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from crossblock.core.errors import AllocationError, Problem, shorten
from crossblock.load.allocation import ENVELOPE
from crossblock.load.sealed import read_key, unseal
from crossblock.load.textfile import MIB, read_bytes


def open_envelope(path: Path, key: Path) -> dict[str, Any]:
    """Return the letter of an envelope file: slot, stratum, sequence, and periods with their kits.

    Raises AllocationError for a file that is no envelope, a key that does not open it, or a letter
    that speaks of another slot than its envelope.
    """
    where = shorten(str(path))
    try:
        cover = json.loads(read_bytes(path, where, MIB, AllocationError))
        good = cover["schema"] == ENVELOPE
        sealed = base64.b64decode(cover["age"], validate=True)
        slot = int(cover["slot"])
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise AllocationError(
            Problem(
                what="this is not a sealed envelope",
                where=where,
                fix="give the file that the server released for the code break",
            )
        )
    letter: dict[str, Any] = json.loads(unseal(sealed, read_key(key), where))
    if letter["slot"] != slot or letter["protocol_sha256"] != cover["protocol_sha256"]:
        raise AllocationError(
            Problem(
                what="the letter inside speaks of another slot than the envelope",
                where=where,
                value=f"envelope {slot}, letter {letter['slot']}",
                fix="do not act on it; call the unblinded statistician",
            )
        )
    del letter["salt"]
    return letter

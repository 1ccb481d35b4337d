"""Results of interim looks: computed offline, stored as ciphertext, read by nobody here."""

from __future__ import annotations

import base64
import hashlib

from crossblock.core.errors import Problem
from crossblock.server.record.door import writing
from crossblock.server.roles import Actor, RefusedError, Thing
from crossblock.server.trial.models import SealedResult

AGE = b"age-encryption.org/v1\n"
MOST_BYTES = 1 << 20


def store(actor: Actor, name: str, content: bytes) -> SealedResult:
    """Store a sealed file. Anything that is not an age file is refused before it is written."""
    if not content.startswith(AGE) or len(content) > MOST_BYTES:
        raise RefusedError(
            Problem(
                what="this is not a sealed result",
                why="only age files of at most 1 MiB are stored: what is readable could unblind",
                fix="seal it first, to the keys of those who may read it",
            )
        )
    if not name.strip():
        raise RefusedError(Problem(what="the result needs a name", fix="say which look it is"))
    digest = hashlib.sha256(content).hexdigest()
    with writing(actor, "sealed.store", Thing.SEALED) as entry:
        entry.say(name=name.strip()[:200], sha256=digest)
        entry.witness()
        return entry.add(
            SealedResult(
                name=name.strip()[:200],
                sha256=digest,
                ciphertext=base64.b64encode(content).decode(),
            )
        )

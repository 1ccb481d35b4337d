"""The audit chain: each event holds the hash of the one before, over the bytes that are stored.

    hash_n = SHA-256(hash_(n-1) + newline + body_n),   hash_0 = 64 zeros

`body` is the JSON text as stored: number, time, actor, action, participant, the SHA-256 of every
row that the same transaction added, and what a person needs to read the event as a sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from crossblock.server import clock
from crossblock.server.record.appended import Appended, canonical
from crossblock.server.record.models import Event, Head

ZERO = "0" * 64
HEAD = 1


def link(prev: str, body: str) -> str:
    """Return the hash of an event from the hash before it and its stored body."""
    return hashlib.sha256(f"{prev}\n{body}".encode()).hexdigest()


def take_head() -> Head:
    """Lock the end of the chain for this transaction: the one lock that orders all writers."""
    head = Head.objects.select_for_update().filter(id=HEAD).first()
    return head or Head.objects.create(id=HEAD, seq=0, hash=ZERO)


def append(
    head: Head,
    *,
    actor: str,
    action: str,
    participant: str = "",
    rows: Sequence[Appended] = (),
    facts: Mapping[str, Any] | None = None,
    at: str = "",
) -> Event:
    """Add the next event behind a locked head, and move the head."""
    seq = head.seq + 1
    at = at or clock.text(clock.now())
    body = canonical(
        {
            "seq": seq,
            "at": at,
            "actor": actor,
            "action": action,
            "participant": participant,
            "rows": [[r._meta.db_table, r.pk, r.content_hash()] for r in rows],
            "facts": dict(facts or {}),
        }
    )
    event = Event(
        seq=seq,
        at=at,
        actor=actor,
        action=action,
        participant=participant,
        body=body,
        prev=head.hash,
        hash=link(head.hash, body),
    )
    event.save(force_insert=True)
    head.seq, head.hash = seq, event.hash
    head.save(update_fields=("seq", "hash"))
    return event

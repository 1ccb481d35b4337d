"""Verification: is the chain whole, does the record still say what the chain says of it?

It finds an event edited, deleted or put in another order, a row changed, added or removed behind
the chain's back, a dropped trigger, and, through the witness outside the database, a chain
rewritten as a whole or a database put back to an earlier day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from crossblock.server.record import triggers, witness
from crossblock.server.record.appended import row_hash, tables
from crossblock.server.record.chain import ZERO
from crossblock.server.record.models import Head
from crossblock.server.record.standing import cleared, difference
from crossblock.server.study import Study

MOST = 50
BATCH = 5000
Rows = dict[tuple[str, int], str]


@dataclass(kw_only=True)
class Findings:
    """What verification found; `faults` is empty when everything agrees."""

    events: int = 0
    rows: int = 0
    head: str = ZERO
    witnessed: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.faults

    def fault(self, words: str) -> None:
        if len(self.faults) < MOST:
            self.faults.append(words)


def verify(study: Study, *, rows: bool = True) -> Findings:
    """Verify chain, columns, rows, triggers and witness; `rows=False` leaves out the rows."""
    found = Findings()
    promised: Rows = {}
    heads = {w.seq: w for w in witness.read(study.witness, cleared())}
    for seq, digest in _chain(found, promised if rows else None):
        seen = heads.pop(seq, None)
        if seen is not None:
            _say(found, difference(seen, seq, digest))
            found.witnessed += 1
    for seen in sorted(heads.values(), key=lambda w: w.seq)[-1:]:
        _say(found, difference(seen, found.events, None))
    _check_head(found)
    for name in triggers.missing(connection):
        found.fault(f"the trigger {name} is missing: rows could be changed unseen by the database")
    if rows:
        _check_rows(found, promised)
    return found


def _say(found: Findings, words: str) -> None:
    if words:
        found.fault(words)


def _chain(found: Findings, promised: Rows | None) -> Iterator[tuple[int, str]]:
    """Walk the chain, note every break, and yield (number, recomputed hash) of each event."""
    expected, prev = 1, ZERO
    for seq, at, actor, action, participant, body, was, digest in _events():
        if seq != expected:
            found.fault(f"event {expected} is missing: the next one there is {seq}")
        own = hashlib.sha256(f"{was}\n{body}".encode()).hexdigest()
        if was != prev and seq == expected:
            found.fault(f"event {seq} does not follow event {seq - 1}: the chain is broken here")
        if own != digest:
            found.fault(f"event {seq} was changed after it was written")
        content = json.loads(body) if own == digest else {}
        said = [content.get(k) for k in ("seq", "at", "actor", "action", "participant")]
        if content and said != [seq, at, actor, action, participant]:
            found.fault(f"event {seq} was changed in a column beside its body")
        if promised is not None:
            promised.update({(t, pk): h for t, pk, h in content.get("rows", ())})
        found.events, found.head = seq, digest
        expected, prev = seq + 1, digest
        yield seq, digest


def _events() -> Iterator[tuple[Any, ...]]:
    """Yield the stored columns of all events in order, without holding them all."""
    last = 0
    question = (
        "SELECT seq, at, actor, action, participant, body, prev, hash FROM record_event "
        "WHERE seq > %s ORDER BY seq LIMIT %s"
    )
    with connection.cursor() as cursor:
        while True:
            cursor.execute(question, [last, BATCH])
            batch = cursor.fetchall()
            if not batch:
                return
            yield from batch
            last = batch[-1][0]


def _check_head(found: Findings) -> None:
    head = Head.objects.first()
    if head is not None and (head.seq, head.hash) != (found.events, found.head):
        found.fault(
            f"the chain ends at event {found.events}, its head names event {head.seq}: "
            "the end was cut off or changed"
        )


def _check_rows(found: Findings, promised: Rows) -> None:
    for model in tables():
        table = str(model._meta.db_table)
        columns = [f.attname for f in model._meta.concrete_fields]
        key = columns.index(model._meta.pk.attname)
        stored = model.objects.order_by().values_list(*columns)
        for row in stored.iterator(chunk_size=BATCH):
            found.rows += 1
            digest = promised.pop((table, row[key]), None)
            if digest is None:
                found.fault(f"row {row[key]} of {table} was added without an audit event")
            elif digest != row_hash(dict(zip(columns, row))):
                found.fault(f"row {row[key]} of {table} was changed after it was written")
    for table, key in promised:
        found.fault(f"row {key} of {table} was deleted")

"""Verification: is the chain whole, does the record still say what the chain says of it?

It finds an event edited, deleted or put in another order, a row changed, added or removed behind
the chain's back, a dropped trigger, and, through the witness outside the database, a chain
rewritten as a whole or a database put back to an earlier day. It walks chain and rows together, in
order and some thousand events at a time, so that its memory does not grow with the study.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from typing import Any

from django.db import connection

from crossblock.server.record import triggers, witness
from crossblock.server.record.appended import Hashed, tables
from crossblock.server.record.chain import ZERO
from crossblock.server.record.models import Head
from crossblock.server.record.standing import cleared, difference
from crossblock.server.study import Study

MOST = 50
BATCH = 20_000
EVENTS = (
    "SELECT seq, at, actor, action, participant, body, prev, hash FROM record_event "
    "WHERE seq > %s ORDER BY seq LIMIT %s"
)
Event = Sequence[Any]
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
        if words and len(self.faults) < MOST:
            self.faults.append(words)


def verify(study: Study, *, rows: bool = True) -> Findings:
    """Verify chain, columns, rows, triggers and witness; `rows=False` leaves out the rows."""
    found = Findings()
    heads = {w.seq: w for w in witness.read(study.witness, cleared())}
    record = _Record(found) if rows else None
    with _one_moment():
        for batch in _batches():
            after = found.events
            promised = _walk(found, batch, heads, parse=rows)
            if record is not None:
                record.check(promised, after, found.events)
        for seen in sorted(heads.values(), key=lambda w: w.seq)[-1:]:
            found.fault(difference(seen, found.events, None))
        _check_head(found)
        for name in triggers.missing(connection):
            words = f"the trigger {name} is missing: rows could be changed unseen by the database"
            found.fault(words)
        if record is not None:
            record.finish(found.events)
    return found


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read the database as it stands at one moment, while others go on writing.

    What was witnessed before this moment is in it, so the witness file is read first.
    """
    if connection.in_atomic_block:
        yield
        return
    begin = "BEGIN"
    if connection.vendor == "postgresql":
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _batches() -> Iterator[list[Event]]:
    """Yield the stored columns of all events in order, some at a time."""
    last = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(EVENTS, [last, BATCH])
            batch = cursor.fetchall()
            if not batch:
                return
            yield batch
            last = batch[-1][0]


def _walk(
    found: Findings, batch: list[Event], heads: dict[int, witness.Witnessed], *, parse: bool
) -> Rows:
    """Follow the chain through a batch, note every break; return the rows that it speaks of."""
    expected, prev = found.events + 1, found.head
    promised: Rows = {}
    for event in batch:
        seq, body, was, digest = event[0], event[5], event[6], event[7]
        if seq != expected:
            found.fault(f"event {expected} is missing: the next one there is {seq}")
        elif was != prev:
            found.fault(f"event {seq} does not follow event {seq - 1}: the chain is broken here")
        if hashlib.sha256(f"{was}\n{body}".encode()).hexdigest() != digest:
            found.fault(f"event {seq} was changed after it was written")
        else:
            if not _agrees(event):
                found.fault(f"event {seq} was changed in a column beside its body")
            if parse:
                promised.update({(t, pk): h for t, pk, h in json.loads(body).get("rows", ())})
        if seq in heads:
            found.fault(difference(heads.pop(seq), seq, digest))
            found.witnessed += 1
        expected, prev = seq + 1, digest
    found.events, found.head = expected - 1, prev
    return promised


def _agrees(event: Event) -> bool:
    """Tell whether the columns beside a body say what the body says.

    The body is canonical JSON, keys in order, so its begin and its end are compared as text; `rows`
    holds lists of table, number and hash only, so the last "participant" is the event's own.
    """
    seq, at, actor, action, participant, body = event[:6]
    start = f'{{"action":{_quoted(action)},"actor":{_quoted(actor)},"at":{_quoted(at)},"facts":'
    begin, key, rest = body.rpartition('"participant":')
    own = f'{_quoted(participant)},"rows":['
    return bool(
        key
        and begin.endswith(",")
        and body.startswith(start)
        and rest.startswith(own)
        and rest.endswith(f'],"seq":{seq}}}')
    )


def _quoted(value: object) -> str:
    return encode_basestring(str(value))


def _check_head(found: Findings) -> None:
    head = Head.objects.first()
    if head is not None and (head.seq, head.hash) != (found.events, found.head):
        found.fault(
            f"the chain ends at event {found.events}, its head names event {head.seq}: "
            "the end was cut off or changed"
        )


class _Record:
    """The rows against what the events promised of them, a stretch of events at a time."""

    def __init__(self, found: Findings) -> None:
        self.found = found
        self.tables = [(model, Hashed(model)) for model in tables()]
        self.gone: Rows = {}
        self.odd: dict[tuple[str, int], str] = {}

    def check(self, promised: Rows, after: int, upto: int) -> None:
        """Compare all rows that came with the events after `after` up to `upto`."""
        for model, hashed in self.tables:
            stored = model.objects.filter(seq__lte=upto)
            self._compare(promised, hashed, stored.filter(seq__gt=after) if after else stored)
        self.gone |= promised

    def finish(self, last: int) -> None:
        """Look at rows behind the last event; name what is left on either side."""
        for model, hashed in self.tables:
            self._compare(self.gone, hashed, model.objects.filter(seq__gt=last))
        for (table, key), digest in self.odd.items():
            if self.gone.pop((table, key), None) is None:
                self.found.fault(f"row {key} of {table} was added without an audit event")
            elif digest:
                self.found.fault(f"row {key} of {table} was changed after it was written")
        for table, key in self.gone:
            self.found.fault(f"row {key} of {table} was deleted")

    def _compare(self, promised: Rows, hashed: Hashed, stored: Any) -> None:
        columns, number = hashed.columns, hashed.key
        for row in stored.order_by().values_list(*columns).iterator(chunk_size=BATCH):
            self.found.rows += 1
            digest = promised.pop((hashed.table, row[number]), None)
            if digest is None:
                self.odd[hashed.table, row[number]] = hashed.of(row)
            elif digest != hashed.of(row):
                self.found.fault(
                    f"row {row[number]} of {hashed.table} was changed after it was written"
                )

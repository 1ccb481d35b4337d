"""The one door for writes: access check, rows and audit event in one transaction.

    with writing(actor, "rating.save", Thing.OUTCOME_FORMS, participant=p) as entry:
        entry.add(Version(...))

Nothing in the server adds a row in another way (a test reads the sources for it).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from django.db import transaction

from crossblock.core.errors import Problem
from crossblock.server import clock, study
from crossblock.server.record import chain, witness
from crossblock.server.record.appended import Appended
from crossblock.server.record.models import Event, Participant
from crossblock.server.roles import Actor, RefusedError, Thing, require
from crossblock.server.trial.models import Lock

Row = TypeVar("Row", bound=Appended)
AFTER_LOCK = frozenset(
    {Thing.CODE_BREAK, Thing.SEALED, Thing.AUDIT, Thing.PEOPLE, Thing.UNBLINDING}
)
JUMP_S = 60.0
"""A clock that is this many seconds behind the last event is noted in the chain."""


class Writing:
    """An open transaction at the end of the chain."""

    def __init__(self, actor: Actor | None, head: Any) -> None:
        self.actor = actor
        self.head = head
        self.now = clock.now()
        self.rows: list[Appended] = []
        self.facts: dict[str, Any] = {}
        self.participant = ""
        self.witnessed = False
        self.again = False
        self.event: Event | None = None

    @property
    def seq(self) -> int:
        """The number of the event that this transaction will be."""
        return int(self.head.seq) + 1

    def add(self, row: Row) -> Row:
        """Add one row, stamped with event, time and person."""
        row.seq, row.at = self.seq, self.now
        row.by_id = self.actor.person_id if self.actor else None
        row.save(force_insert=True)
        self.rows.append(row)
        return row

    def say(self, **facts: Any) -> None:
        """Tell the audit event something that a reader will want to know."""
        self.facts.update(facts)

    def nothing_new(self) -> None:
        """Say that this act was done before: no second event."""
        self.again = True

    def witness(self) -> None:
        """Have the head of this transaction witnessed as soon as it is safe."""
        self.witnessed = True


@contextmanager
def writing(
    actor: Actor | None,
    action: str,
    thing: Thing,
    *,
    participant: Participant | None = None,
    site: str | None = None,
    checked: bool = False,
) -> Iterator[Writing]:
    """Open the door for one act. `actor` None is the server itself.

    `checked` says that the caller made a check of its own that stands in for the table's (a
    participant's own form). Raises `RefusedError` when the person may not, or the study is locked.
    """
    if actor is not None and not checked:
        require(actor, "w", thing, participant.site if participant else site)
    with transaction.atomic():
        head = chain.take_head()
        if thing not in AFTER_LOCK and Lock.objects.exists():
            raise RefusedError(
                Problem(
                    what="the study is locked",
                    why="nothing is written between the lock and the unblinding, or after it",
                    fix="tell the monitor what is missing; it becomes a note beside the analysis",
                )
            )
        _note_jump(head)
        entry = Writing(actor, head)
        entry.participant = participant.code if participant else ""
        yield entry
        if entry.again:
            return
        entry.event = chain.append(
            head,
            actor=actor.ref if actor else "server",
            action=action,
            participant=entry.participant,
            rows=entry.rows,
            facts=entry.facts,
            at=clock.text(entry.now),
        )
        if entry.witnessed or entry.event.seq % witness.EVERY == 0:
            seq, digest = entry.event.seq, entry.event.hash
            transaction.on_commit(lambda: witness.note(study.current(), seq, digest))


def note(actor: Actor | None, action: str, **facts: Any) -> None:
    """Add an audit event without rows: somebody came in, left, read, was refused."""
    with transaction.atomic():
        head = chain.take_head()
        code = str(facts.pop("participant", ""))
        who = actor.ref if actor else "server"
        chain.append(head, actor=who, action=action, participant=code, facts=facts)


def _note_jump(head: Any) -> None:
    """Note a clock that went back; events keep their order by number, whatever it says."""
    last = Event.objects.filter(seq=head.seq).values_list("at", flat=True).first()
    if last is None:
        return
    now = clock.text(clock.now())
    behind = (clock.moment(last) - clock.moment(now)).total_seconds()
    if behind > JUMP_S:
        chain.append(
            head,
            actor="server",
            action="clock.back",
            facts={"seconds": round(behind, 3)},
            at=now,
        )


def recent(action: str, actor: Actor, seconds: float) -> int:
    """Return how often an actor had an event of this action within the last seconds."""
    since = clock.text(clock.now() - timedelta(seconds=seconds))
    found = Event.objects.filter(action=action, actor=actor.ref, at__gte=since)
    return int(found.count())

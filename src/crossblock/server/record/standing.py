"""Does the database still stand where the witness saw it? If not, nobody is randomized.

A backup of yesterday put back in place hands out yesterday's next slot again. The witness file,
which was not in the backup, knows a later head: the database is behind, or holds another chain.
"""

from __future__ import annotations

from dataclasses import dataclass

from crossblock.server.record import witness
from crossblock.server.record.models import Event, Head, Reconciliation
from crossblock.server.record.witness import Witnessed
from crossblock.server.study import Study

PEOPLE = 2
"""So many different people must clear up a difference before anybody is randomized again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where the database stands against the witness; `fault` is empty when all is well."""

    seq: int
    witnessed: int
    fault: str

    @property
    def sound(self) -> bool:
        return not self.fault


def standing(study: Study) -> Standing:
    """Compare the database with the last head that the witness saw.

    The witness is read first: a head is witnessed after it was committed, so what others add in the
    meantime cannot make the database seem older than its witness.
    """
    seen = witness.last(study.witness, cleared())
    seq = Head.objects.values_list("seq", flat=True).first() or 0
    if seen is None:
        return Standing(seq=seq, witnessed=0, fault="")
    known = Event.objects.filter(seq=seen.seq).values_list("hash", flat=True).first()
    return Standing(seq=seq, witnessed=seen.seq, fault=difference(seen, seq, known))


def difference(seen: Witnessed, seq: int, known: str | None) -> str:
    """Say how one witnessed head and the database differ; "" when they do not.

    seq: the database's last event; known: its hash of event `seen.seq`, None when it has none.
    """
    if seen.seq < 0:
        return "a line of the witness file was changed"
    if seen.seq > seq:
        return (
            f"the database ends at event {seq}, but the witness saw event {seen.seq}: "
            "an older copy was put back"
        )
    if known != seen.hash:
        return f"event {seen.seq} is not the one that the witness saw: the chain was rewritten"
    return ""


def cleared() -> int:
    """Return how many bytes of the witness file two different people have cleared up."""
    found: dict[tuple[int, str], set[int]] = {}
    for row in Reconciliation.objects.all():
        found.setdefault((row.witness_bytes, row.witness_sha256), set()).add(row.by_id)
    return max((n for (n, _), people in found.items() if len(people) >= PEOPLE), default=0)

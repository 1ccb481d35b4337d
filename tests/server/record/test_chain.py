"""The chain: each event holds the hash of the one before, over what is stored."""

import hashlib
from itertools import pairwise

from django.db import transaction

from crossblock.server.record import chain
from crossblock.server.record.models import Event, Head
from tests.server.world import World


def test_link_is_sha256_of_prev_and_body() -> None:
    expected = hashlib.sha256(b"0" * 64 + b"\n" + b"{}").hexdigest()
    assert chain.link(chain.ZERO, "{}") == expected


def test_events_follow_each_other_and_the_head_moves(world: World) -> None:
    with transaction.atomic():
        head = chain.take_head()
        before = (head.seq, head.hash)
        event = chain.append(head, actor="x", action="test", facts={"a": 1})
    assert event.seq == before[0] + 1
    assert event.prev == before[1]
    assert Head.objects.get().hash == event.hash == chain.link(event.prev, event.body)
    rows = list(Event.objects.all())
    assert all(b.prev == a.hash for a, b in pairwise(rows))

"""The order of steps as a law: one way through, every other step refused with what comes next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossblock.load.protocol import read as read_protocol
from crossblock.server.roles import RefusedError
from crossblock.server.trial import flow


@given(periods=st.integers(1, 6))
def test_there_is_one_way_through(periods: int) -> None:
    done: set[flow.Mark] = set()
    taken = []
    while (step := flow.next_step(done, periods)) is not None:
        flow.check(done, step, periods)
        done.add(step)
        taken.append(step)
    assert tuple(taken) == flow.course(periods)
    assert (
        taken.index(("gated", 1)) < taken.index(("randomized", 0)) < taken.index(("dispensed", 1))
    )
    for p in range(1, periods + 1):
        assert (
            taken.index(("gated", p)) < taken.index(("dispensed", p)) < taken.index(("started", p))
        )


@given(st.integers(0, 11), st.integers(0, 11))
def test_nothing_is_taken_out_of_order(reached: int, wanted: int) -> None:
    way = flow.course(2)
    done = set(way[:reached])
    if wanted == reached:
        flow.check(done, way[wanted], 2)
    else:
        with pytest.raises(RefusedError, match="is not the next step"):
            flow.check(done, way[wanted], 2)


def test_ends() -> None:
    started = set(flow.course(2)[:6])
    flow.check(started, ("withdrawn", 0), 2)
    with pytest.raises(RefusedError):
        flow.check(started, ("screen failed", 0), 2)
    with pytest.raises(RefusedError):
        flow.check(set(), ("withdrawn", 0), 2)
    assert flow.next_step({*started, ("withdrawn", 0)}, 2) is None


def test_words() -> None:
    assert flow.said(("started", 2)) == "the start of period 2"
    assert flow.state(set(), 2) == "screening"
    assert flow.state(set(flow.course(2)[:6]), 2) == "in period 1"
    assert flow.state(set(flow.course(2)[:8]), 2) == "washout before period 2"
    assert flow.state(set(flow.course(2)), 2) == "completed"


def test_the_washout_counts_from_start_to_start() -> None:
    protocol = read_protocol("williams-2018")
    begun = datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert flow.earliest_start(protocol, {}, 1) is None
    assert flow.earliest_start(protocol, {1: begun}, 2) == begun + timedelta(days=30)

"""Looks by hand: eight people, one entering a month, a washout of 30 days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crossblock.domain.protocol import Protocol
from crossblock.simulate.looks import exposed, look_counts, moments
from crossblock.simulate.trial import Trials
from crossblock.simulate.world import World

MONTH = 730.0


@pytest.fixture
def eight(some_trials: tuple[World, Trials]) -> Trials:
    _, made = some_trials
    start = np.arange(8)[None, :, None] * MONTH + np.array([0.0, 720.0])
    attends = np.ones((1, 8, 2), dtype=bool)
    attends[0, 2, 1] = False  # the third leaves after the first period
    condition = np.tile(np.array([0, 1]), (1, 8, 1))
    return replace(made, start_h=start, attends=attends, condition=condition)


def protocol(williams: Protocol, counts: str, look: int) -> Protocol:
    interim = williams.interim.model_copy(  # type: ignore[union-attr]
        update={
            "counts": counts,
            "looks": (williams.interim.looks[0].model_copy(update={"value": look}),),  # type: ignore[union-attr]
        }
    )
    return williams.model_copy(update={"interim": interim})


def test_four_studied_means_that_four_have_finished_or_left(
    williams: Protocol, eight: Trials
) -> None:
    (look,) = moments(protocol(williams, "studied", 4), eight)
    assert look.at_h[0] == pytest.approx(3 * MONTH + 720 + williams.visit_h("d1"))
    assert look.done[0].tolist() == [True, True, False, True, False, False, False, False]
    assert look.between[0].tolist() == [False] * 4 + [True] + [False] * 3
    assert look.entered[0].sum() == 5


def test_four_completed_waits_for_the_fifth_person(williams: Protocol, eight: Trials) -> None:
    (look,) = moments(protocol(williams, "completed", 4), eight)
    assert look.done[0].sum() == 4
    assert look.at_h[0] == pytest.approx(4 * MONTH + 720 + williams.visit_h("d1"))


def test_a_look_that_never_comes_sees_nobody(williams: Protocol, eight: Trials) -> None:
    gone = replace(eight, attends=eight.attends & np.array([True, False]))
    (look,) = moments(protocol(williams, "completed", 4), gone)
    assert not np.isfinite(look.at_h[0])
    assert not look.done.any()
    assert not look.entered.any()


def test_looks_after_the_last_participant_are_left_out(williams: Protocol) -> None:
    assert look_counts(williams, 30) == (14,)
    assert look_counts(williams, 12) == ()


def test_exposure_counts_people_who_began_such_a_session(eight: Trials) -> None:
    blocked = np.array([False, True])
    assert exposed(eight, blocked).tolist() == [7]
    assert exposed(eight, blocked, np.array([2 * MONTH])).tolist() == [2]
    assert exposed(eight, np.array([True, False]), np.array([0.0])).tolist() == [1]

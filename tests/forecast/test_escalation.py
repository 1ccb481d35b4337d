"""Escalation: told when dose a week rises, with the chance that a steady schedule shows as much."""

from dataclasses import replace

import numpy as np
import pytest

from crossblock.domain.history import History, Session
from crossblock.forecast.escalation import JITTER, RISE, escalation
from tests.forecast.settings import HALF


def given(days, amounts=None):
    amounts = amounts or [0.5] * len(days)
    return History(
        baseline=30.0,
        ratings=(),
        sessions=tuple(
            Session(day=float(d), dose=replace(HALF, amount=a)) for d, a in zip(days, amounts)
        ),
    )


def test_a_steady_schedule_raises_no_flag():
    assert escalation(given(range(0, 100, 7))) == ()


def test_shorter_intervals_are_told():
    (flag,) = escalation(given([0, 14, 28, 42, 49, 56, 63, 70]))
    assert flag.id == "escalation"
    assert flag.noise < 0.01
    assert "2.00 times" in flag.detail


def test_larger_doses_are_told():
    (flag,) = escalation(given(range(0, 70, 7), [0.5] * 5 + [1.0] * 5))
    assert flag.noise < 0.01


def test_too_few_sessions_say_nothing():
    assert escalation(given([0, 14, 15, 16])) == ()


def test_the_probability_of_noise_is_that_of_jitter():
    """A steady schedule with this jitter crosses the same rise as often as the flag says."""
    gaps = [9.0, 9.0, 9.0, 7.0, 7.0, 7.0]
    (flag,) = escalation(given(np.concatenate([[0.0], np.cumsum(gaps)])))
    rng = np.random.default_rng(2)
    log = np.log(7.0) + JITTER * rng.standard_normal((40_000, 6))
    rise = log[:, :3].mean(axis=1) - log[:, 3:].mean(axis=1)
    share = np.mean(rise >= np.log(9.0 / 7.0))
    assert np.log(9.0 / 7.0) > np.log(RISE)
    assert flag.noise == pytest.approx(share, abs=0.01)

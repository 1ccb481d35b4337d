"""Session sizes: the reference is 1, more is more, and a mechanism sees its own drug."""

from dataclasses import replace

import pytest

from crossblock.domain.dose import Dose, Route
from crossblock.domain.history import History, Session
from crossblock.forecast.size import sizes
from crossblock.load.mechanism import mechanism, mechanism_names
from tests.forecast.settings import COMPOUNDS, HALF


def found(name, *doses, weight=70.0, drug="ketamine"):
    history = History(
        baseline=30.0,
        ratings=(),
        sessions=tuple(Session(day=7.0 * k, dose=d, drug=drug) for k, d in enumerate(doses)),
        weight_kg=weight,
    )
    return sizes(history, mechanism(name), COMPOUNDS)


@pytest.mark.parametrize("name", mechanism_names())
def test_the_reference_infusion_is_one_under_every_mechanism(name):
    assert found(name, HALF) == pytest.approx((1.0, 1.0), abs=1e-9)


def test_a_larger_dose_is_more_but_less_than_in_proportion():
    _, double, _ = found("h1", HALF, replace(HALF, amount=1.0))
    assert 1.2 < double < 2.0


def test_the_next_session_is_like_the_last():
    one = found("h1", HALF, replace(HALF, amount=0.25))
    assert one[-1] == one[-2] < 1.0


def test_without_a_session_the_next_is_the_reference():
    assert found("h1") == (1.0,)


def test_a_spray_has_its_own_size():
    spray = Dose(start_h=0.0, amount=84.0, route=Route.NASAL)
    size = found("h1", spray, drug="esketamine")[0]
    assert 0.3 < size < 3.0

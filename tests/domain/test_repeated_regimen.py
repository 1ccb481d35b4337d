"""Regimens of repeated use: planned times, flags that let a dose through, refusals that speak."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossblock.core.errors import InputError
from crossblock.domain.repeated_regimen import Phase, Regimen, Rules, check, times
from tests.forecast.settings import HALF, regimen, ruled


def test_times_follow_the_phases():
    plan = regimen([Phase(name="a", every_h=84.0, sessions=3), Phase(name="b", every_h=168.0)])
    assert times(plan, 700.0) == (0.0, 84.0, 168.0, 252.0, 420.0, 588.0)
    assert plan.slot_h == 84.0


@given(st.floats(1.0, 500.0), st.integers(1, 30))
def test_a_counted_phase_gives_that_many_sessions(every, count):
    plan = regimen([Phase(name="a", every_h=every, sessions=count)])
    found = times(plan, every * count)
    assert len(found) == count
    assert all(b > a for a, b in itertools.pairwise(found))


def test_a_dose_above_the_usual_range_is_flagged_and_kept():
    plan = regimen(label=(0.1, 0.5), label_source="a source", rules=Rules(escalate=(1.0, 2.0)))
    assert len(plan.flags) == 1
    assert "1 mg/kg is above" in plan.flags[0]
    check(plan)


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (regimen([]), "without phases"),
        (regimen([Phase(name="a", every_h=0.5)]), "overlap"),
        (regimen([Phase(name="a", every_h=-84.0)]), "backward in time"),
        (regimen([Phase(name="a", every_h=math.inf)]), "backward in time"),
        (regimen([Phase(name="a", every_h=84.0)] * 2), "without end"),
        (ruled(missed=1.0), "missed"),
        (ruled(stop_after=-1), "stop_after"),
        (ruled(escalate=()), "escalate"),
        (ruled(ladder_h=(336.0, 168.0)), "ladder"),
        (ruled(well_below=0.9), "thresholds"),
    ],
)
def test_what_cannot_be_given_is_refused(plan, says):
    with pytest.raises(InputError, match=says):
        check(plan)


def test_every_problem_is_told_at_once():
    plan = Regimen(
        id="x", title="", summary="", drug="ketamine", dose=HALF,
        phases=(Phase(name="a", every_h=0.1),), rules=Rules(missed=2.0),
    )  # fmt: skip
    with pytest.raises(InputError) as caught:
        check(plan)
    assert len(caught.value.problems) == 2

"""Who gets a session: phases, stopping, escalation, ladders, missed sessions."""

import numpy as np
import pytest

from crossblock.domain.repeated_regimen import Phase
from crossblock.forecast.schedule import Clinic
from tests.forecast.settings import regimen, ruled

BASE = np.full(1, 30.0)
ILL, HALF_WELL, WELL = np.full(1, 30.0), np.full(1, 14.0), np.full(1, 8.0)


def attend(plan, ratings, slot=84.0, missing=None):
    """Return which of the slots gave a session, for one person rated as told."""
    missing = np.ones((len(ratings), 1)) if missing is None else missing
    clinic = Clinic(plan, 1, missing)
    given = []
    for k, rated in enumerate(ratings):
        clinic.look(k * slot, rated, BASE)
        given.append(bool(clinic.due(k * slot, rated, BASE)[0]))
    return given, clinic


def test_phases_follow_each_other_and_end():
    plan = regimen(
        [Phase(name="a", every_h=84.0, sessions=3), Phase(name="b", every_h=168.0, sessions=2)]
    )
    given, _ = attend(plan, [ILL] * 10)
    assert [k for k, x in enumerate(given) if x] == [0, 1, 2, 3, 5]


def test_the_stop_rule_ends_what_does_not_help():
    given, clinic = attend(ruled(stop_after=4), [ILL] * 10)
    assert sum(given) == 4
    assert clinic.stopped[0]
    given, clinic = attend(ruled(stop_after=4), [ILL, HALF_WELL] + [ILL] * 8)
    assert sum(given) == 10
    assert not clinic.stopped[0]


def test_the_dose_climbs_without_response_and_stays_with_it():
    _, clinic = attend(ruled(escalate=(1.0, 1.5, 2.0), escalate_after=2), [ILL] * 9)
    assert clinic.level[0] == 2
    _, clinic = attend(ruled(escalate=(1.0, 1.5, 2.0), escalate_after=2), [WELL] * 9)
    assert clinic.level[0] == 0


def test_the_ladder_follows_the_symptoms():
    plan = ruled([Phase(name="a", every_h=84.0, sessions=2)], ladder_h=(84.0, 168.0, 336.0))
    well, _ = attend(plan, [WELL] * 12)
    ill, _ = attend(plan, [ILL] * 12)
    assert sum(ill) == 12
    assert [k for k, x in enumerate(well) if x] == [0, 1, 2, 4, 8]


def test_missed_sessions_are_missed_and_the_schedule_goes_on():
    missing = np.array([[1.0], [0.0], [1.0], [0.0], [1.0], [1.0]])
    given, clinic = attend(ruled(missed=0.5), [ILL] * 6, missing=missing)
    assert given == [True, False, True, False, True, True]
    assert clinic.total[0] == 4


@pytest.mark.parametrize("every", [24.0, 168.0, 336.0])
def test_longer_intervals_wait_for_their_slot(every):
    plan = regimen([Phase(name="a", every_h=24.0, sessions=1), Phase(name="b", every_h=every)])
    given, _ = attend(plan, [ILL] * 40, slot=24.0)
    gaps = np.diff([k for k, x in enumerate(given) if x][1:])
    assert np.all(gaps == every / 24.0)


def test_two_bad_ratings_start_those_again_who_had_responded():
    plan = ruled([Phase(name="a", every_h=84.0, sessions=2)], restart_at=22.0)
    given, _ = attend(plan, [ILL, WELL, WELL, WELL, ILL, ILL, WELL, WELL, WELL])
    assert [k for k, x in enumerate(given) if x] == [0, 1, 5, 6]
    never, _ = attend(plan, [ILL] * 9)
    assert [k for k, x in enumerate(never) if x] == [0, 1]

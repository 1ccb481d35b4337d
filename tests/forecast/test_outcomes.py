"""Outcomes: each within its range, defined where it should be, and read from the right rows."""

import numpy as np
import pytest

from crossblock.domain.repeated_regimen import Phase
from crossblock.forecast.dependence import index, reference
from crossblock.forecast.outcomes import OUTCOMES, outcome
from crossblock.forecast.session import session_effect
from crossblock.load.mechanism import mechanism
from tests.forecast.settings import COMPOUNDS, SLOW, regimen
from tests.forecast.test_course import CROWD, run

TRACK = run(regimen([Phase(name="a", every_h=84.0, sessions=8)]), days=182)
EFFECT = session_effect(mechanism("h1"), regimen(), CROWD, SLOW, COMPOUNDS)
INDEX = index(TRACK, reference(EFFECT, CROWD, SLOW))


def value(name):
    return outcome(name).value(TRACK, INDEX)


def test_the_promised_outcomes_are_all_there():
    promised = {
        "score", "response", "remission", "days-to-relapse", "suicidality", "dissociation-last",
        "days-per-session", "dependence", "withdrawal", "precipitated", "cumulative-dose",
        "bladder", "pressure",
    }  # fmt: skip
    assert promised <= {o.id for o in OUTCOMES}


@pytest.mark.parametrize("o", OUTCOMES, ids=lambda o: o.id)
def test_every_outcome_is_a_number_for_every_person_or_says_not_defined(o):
    found = o.value(TRACK, INDEX)
    assert found.shape == (CROWD.count,)
    real = found[np.isfinite(found)]
    assert real.size > 0
    assert np.all(real >= -1e-9)
    if o.unit == "share":
        assert np.all(real <= 1.0 + 1e-9)


def test_relapse_is_not_defined_for_those_who_never_responded():
    never = ~TRACK.responds.any(axis=0)
    assert never.any()
    assert np.all(np.isnan(value("relapsed")[never]))
    assert np.all(np.isnan(value("days-to-relapse")[never]))


def test_days_to_relapse_never_pass_the_follow_up():
    found = value("days-to-relapse")
    assert np.nanmax(found) <= TRACK.days[-1]


def test_suicidality_follows_the_score_within_its_item():
    found, score = value("suicidality"), value("score")
    assert np.all((found >= 0) & (found <= 6))
    assert np.corrcoef(found, score)[0, 1] > 0.5


def test_dissociation_fades_from_first_to_last():
    assert np.median(value("dissociation-last")) < np.median(value("dissociation-first"))

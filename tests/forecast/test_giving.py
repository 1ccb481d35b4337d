"""How a session enters: sprays, blockers at their steady level, refusals that name the gap."""

import pytest

from crossblock.core.errors import CatalogError
from crossblock.domain.dose import Dose, Route
from crossblock.domain.repeated_regimen import Beside
from crossblock.forecast.giving import LEAD, entry
from crossblock.load.mechanism import mechanism
from tests.forecast.settings import AGONIST, COMPOUNDS, regimen

H1 = mechanism("h1")


def enter(plan, factor=1.0):
    return entry(plan, H1, COMPOUNDS, factor)


def test_a_nasal_dose_is_sprays_of_28_mg():
    plan = regimen(dose=Dose(start_h=0.0, amount=70.0, route=Route.NASAL), drug="esketamine")
    doses = enter(plan).treatment.drug_doses
    assert [d.amount for d in doses] == [28.0, 28.0, 14.0]
    assert [round(d.start_h * 60) for d in doses] == [0, 5, 10]


def test_a_blocker_is_taken_before_and_after():
    tablet = Beside(compound="naltrexone", dose=Dose(start_h=0, amount=50, route=Route.ORAL))
    doses = enter(regimen(beside=(tablet,))).treatment.blocker_doses
    before = [d for d in doses if d.start_h < 0]
    assert len(before) == LEAD
    assert before[-1].start_h == -1.0
    assert max(d.start_h for d in doses) > 48.0


def test_belief_follows_every_session():
    window = enter(regimen()).treatment.belief[0]
    assert (window.start_h, window.stop_h) == (0.0, H1["belief_h"])


def test_the_dose_factor_scales_the_dose():
    assert enter(regimen(), 1.5).mg.amount == pytest.approx(0.75)


def test_a_made_up_agonist_is_a_window_at_the_receptor():
    given = enter(regimen(dose=AGONIST, drug="mu-agonist"))
    assert given.treatment.drug is None
    assert given.treatment.agonist[0].level == 1.5
    assert given.assumed


def test_an_agonist_on_board_is_unknown_unless_stated():
    assert (
        "no sourced kinetics" in enter(regimen(beside=(Beside(compound="methadone"),))).unknown[0]
    )


def test_a_route_without_numbers_is_refused():
    dose = Dose(start_h=0.0, amount=50.0, route=Route.DEPOT)
    with pytest.raises(CatalogError, match="no sourced numbers"):
        enter(regimen(dose=dose))

"""Conditions of a protocol to what the system sees."""

import pytest

import crossblock
from crossblock.core.errors import InputError
from crossblock.domain.dose import Dose, Route
from crossblock.exposure.effect import effect
from crossblock.exposure.treatment import Treatment, Window, treatment_of
from crossblock.load.compound import compound
from crossblock.load.mechanism import mechanism

STUDY = crossblock.read_protocol("williams-2018")
COMPOUNDS = {name: compound(name) for name in STUDY.compound_ids}


def test_the_blocked_condition_gives_both():
    t = treatment_of(STUDY, "blocked", COMPOUNDS, mechanism("h5"))
    assert [d.amount for d in t.drug_doses] == [0.5]
    assert [d.amount for d in t.blocker_doses] == [50.0]
    assert t.belief == (Window(start_h=0.75, stop_h=24.75),)


def test_the_open_condition_gives_no_blocker():
    t = treatment_of(STUDY, "open", COMPOUNDS, mechanism("h5"))
    assert t.blocker is None
    assert t.blocker_doses == ()


def test_a_placebo_infusion_is_believed():
    nimh = crossblock.read_protocol("nimh-ketamine-saline")
    compounds = {name: compound(name) for name in nimh.compound_ids}
    placebo = next(c.id for c in nimh.conditions if c.cell == "no_drug")
    t = treatment_of(nimh, placebo, compounds, mechanism("h5"))
    assert t.drug is None
    assert len(t.belief) == 1
    assert treatment_of(nimh, placebo, compounds, mechanism("h5"), believed=False).belief == ()


@pytest.mark.parametrize("bounds", [(2.0, 1.0, 1.0), (1.0, 1.0, 1.0), (0.0, 1.0, -1.0)])
def test_a_window_backward_or_below_zero_is_refused(bounds):
    start, stop, level = bounds
    with pytest.raises(InputError, match="window"):
        Window(start_h=start, stop_h=stop, level=level)


def spray(**more):
    esketamine = compound("esketamine")
    dose = Dose(start_h=0.0, amount=84.0, route=Route.NASAL)
    return Treatment(drug=esketamine, drug_doses=(dose,), **more)


def test_a_route_finds_the_set_that_knows_it():
    assert spray().kinetics().id == "perez-ruixo-2021"
    assert Treatment(drug=compound("esketamine")).kinetics().id == "fanta-2015"
    assert Treatment().kinetics() is None


def test_a_set_asked_for_by_name_is_used():
    assert spray(drug_set="simons-2022").kinetics().id == "simons-2022"


def test_a_nasal_spray_has_an_effect_that_nobody_has_to_code():
    times = [1.0, 24.0]
    found = effect(mechanism("h1"), spray(), times, reference=compound("ketamine"))
    assert found.fall["exponential"][0, 1] > found.fall["exponential"][0, 0] > 0.0
    assert found.error[0] < 1e-4

"""Conditions of a protocol to what the system sees."""

import pytest

import crossblock
from crossblock.core.errors import InputError
from crossblock.exposure.treatment import Window, treatment_of
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

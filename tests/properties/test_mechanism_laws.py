"""Laws that hold whatever the numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossblock.exposure.effect import effect
from crossblock.load.mechanism import mechanism, mechanism_names
from tests.exposure.arms import DAY_1, KETAMINE, LEAD, arm

TIMES = [LEAD + 2 / 3, LEAD + 4.0, DAY_1, 170.0]
FEW = settings(max_examples=12, deadline=None)


def look(m, mg, **more):
    return effect(m, arm(mg, **more), TIMES, reference=KETAMINE)


@FEW
@given(mg=st.floats(0.5, 500.0), fall=st.floats(0.1, 0.8))
def test_glutamate_alone_is_never_blocked(mg, fall):
    m = mechanism("h1").with_values(fall=fall)
    assert look(m, mg).fall["exponential"].tolist() == look(m, 0.0).fall["exponential"].tolist()


@pytest.mark.parametrize("name", mechanism_names())
def test_no_blocker_leaves_everything(name):
    m = mechanism(name)
    nothing, tiny = look(m, 0.0), look(m, 1e-9)
    ratio = tiny.fall["exponential"][0, 2] / nothing.fall["exponential"][0, 2]
    assert ratio == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("name", mechanism_names())
def test_dissociation_is_never_blocked_unless_told(name):
    m = mechanism(name)
    assert look(m, 50.0).dissociation.tolist() == look(m, 0.0).dissociation.tolist()
    told = m.with_values(dissociation_share=0.3)
    assert look(told, 50.0).dissociation[0, 0] < look(told, 0.0).dissociation[0, 0]


@FEW
@given(
    name=st.sampled_from(["h2", "h3a", "h3b", "h4-direct", "h4-release", "h5"]),
    low=st.floats(1.0, 100.0),
    more=st.floats(1.5, 5.0),
)
def test_more_blocker_leaves_less(name, low, more):
    m = mechanism(name)
    weak, strong = (look(m, mg).fall["exponential"][0, 2] for mg in (low, low * more))
    assert strong < weak


@FEW
@given(name=st.sampled_from(mechanism_names()), mg=st.floats(0.0, 200.0))
def test_every_share_stays_where_it_belongs(name, mg):
    found = look(mechanism(name), mg)
    for share in (*found.fall.values(), found.glx, found.opioid_like, found.nmda, found.blocker_mu):
        assert np.all((share >= 0.0) & (share < 1.0))
    assert (found.withdrawal >= 0.0).all()


def test_an_agonist_naive_person_has_no_withdrawal_from_one_session():
    found = look(mechanism("h2"), 0.0)
    assert found.withdrawal.max() < 1e-3


@FEW
@given(factor=st.floats(1.1, 5.0))
def test_a_slower_decay_leaves_more_at_every_later_time(factor):
    h1 = mechanism("h1")
    slow = h1.with_values(half_life_R=h1["half_life_R"] * factor)
    usual, slower = (look(m, 0.0).fall["exponential"][0] for m in (h1, slow))
    assert slower[2] == pytest.approx(usual[2], abs=1e-6)  # both set by the reference fall
    assert slower[3] > usual[3]

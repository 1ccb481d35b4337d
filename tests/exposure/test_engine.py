"""The two ways to the kernels agree, and doses land where they are given."""

from dataclasses import replace

import numpy as np
import pytest

from crossblock.core.streams import Stream
from crossblock.exposure import engine
from crossblock.exposure.blockade import sampled
from crossblock.exposure.people import draw
from crossblock.exposure.system import People, potency, system
from crossblock.kernels.backend import NUMPY
from crossblock.kernels.backend_jax import JAX
from crossblock.load.compound import compound
from crossblock.load.mechanism import mechanism
from tests.exposure.arms import DAY_1, KETAMINE, LEAD, NALTREXONE, arm, infusion, tablet

H5 = mechanism("h5")
BOUND = potency(H5, KETAMINE)
TIMES = [0.0, LEAD, 2.0, 5.0, DAY_1, 200.0]


def crowd(count):
    who = np.arange(count)
    return People(
        count=count,
        weight_kg=np.linspace(50.0, 110.0, count),
        factors=draw(KETAMINE.kinetic_set(), who, Stream(1, "drug")),
        blockade={
            "oral-kpd": sampled(NALTREXONE.blockade_model("oral-kpd"), count, Stream(1, "block"))
        },
        parameters={"E0": np.linspace(0.1, 0.3, count)},
    )


def solved(treatment, people, times=TIMES, way=engine.solve):
    p = system(H5, scale=0.5, drug=BOUND, blocker=treatment.blocker, parameters=people.parameters)
    return way(p, treatment, engine.grid_for(treatment, times), BOUND, people, NUMPY)


def test_modes_and_tables_give_the_same_states():
    given = arm(50.0, drug=(infusion(), infusion(0.3, 100.0)))
    people = crowd(7)
    assert engine.modal(given)
    carried, tabulated = (
        solved(given, people, way=way) for way in (engine._carried, engine._tabulated)
    )
    for a, b in zip(carried.state, tabulated.state):
        assert a == pytest.approx(b, abs=1e-9)
    for a, b in zip(carried.odds, tabulated.odds):
        assert np.broadcast_to(a, (6, 7)) == pytest.approx(np.broadcast_to(b, (6, 7)), abs=1e-9)


def test_blocks_do_not_change_a_person():
    people = crowd(5)
    whole = solved(arm(50.0), people)
    small = engine.BLOCK
    try:
        engine.BLOCK = 2
        parts = solved(arm(50.0), people)
    finally:
        engine.BLOCK = small
    assert parts.state.R.tolist() == whole.state.R.tolist()


def test_a_nasal_dose_needs_tables():
    spray = compound("esketamine")
    given = replace(arm(50.0), drug=spray)
    assert engine.modal(given)
    assert not engine.modal(replace(given, blocker_doses=(tablet(), _depot())))


def _depot():
    return replace(tablet(380.0), route=type(tablet().route).DEPOT)


def test_a_dose_after_the_last_wanted_time_does_nothing():
    late = arm(50.0, drug=(infusion(), infusion(0.5, 900.0)))
    again = solved(late, People()).state.R
    assert again.tolist() == solved(arm(50.0), People()).state.R.tolist()


def test_a_split_infusion_is_one_infusion():
    half = infusion(0.25, duration=1 / 3), infusion(0.25, start=LEAD + 1 / 3, duration=1 / 3)
    one, two = (solved(arm(50.0, drug=d), People()).state.R for d in ((infusion(),), half))
    assert two == pytest.approx(one, rel=1e-6)


def test_a_bolus_enters_at_its_time():
    push = replace(infusion(), duration_h=0.0)
    b_N = solved(arm(0.0, drug=(push,)), People(), [LEAD - 0.1, LEAD + 0.01]).odds.b_N[:, 0]
    assert b_N[0] == 0.0
    V1 = KETAMINE.kinetic_set().parameters["V1"].value
    assert b_N[1] == pytest.approx(BOUND.nmda * 35.0 / V1, rel=0.05)


def test_two_beliefs_at_once_add_up():
    once = arm(0.0, drug=())
    twice = replace(once, belief=once.belief * 2)
    e = [solved(t, People(), [5.0]).odds.e[0, 0] for t in (once, twice)]
    assert e == [1.0, 2.0]


def test_many_people_under_jax_are_the_people_of_numpy():
    people, given = crowd(9), arm(50.0)
    p = system(H5, scale=0.5, drug=BOUND, blocker=NALTREXONE, parameters=people.parameters)
    grid = engine.grid_for(given, TIMES)
    ours = engine.plasticity(p, given, grid, BOUND, people, NUMPY)
    theirs = engine.plasticity(p, given, grid, BOUND, people, JAX)
    assert theirs == pytest.approx(ours, abs=1e-12)
    assert ours == pytest.approx(solved(given, people).state.R, abs=1e-15)

"""A treatment on a grid: regimes, doses and modes."""

import numpy as np
import pytest

from crossblock.exposure.course import agents, course, levels
from crossblock.exposure.engine import grid_for
from crossblock.exposure.system import People, Potency
from crossblock.exposure.treatment import Treatment, Window
from tests.exposure.arms import DAY_1, LEAD, arm, infusion

POTENCY = Potency(nmda=3.0, mu=0.04, kappa_ratio=1.5, delta_ratio=0.2)


def laid_out(treatment, people=None, times=(DAY_1 + 100.0,)):
    grid = grid_for(treatment, list(times))
    return grid, course(treatment, grid, people or People())


def test_the_infused_amount_is_the_dose_of_each_person():
    people = People(count=2, weight_kg=np.array([60.0, 90.0]))
    grid, c = laid_out(arm(50.0), people)
    h = grid.lengths[grid.which]
    assert (c.infusion[c.regime] * h[:, None]).sum(axis=0) == pytest.approx([30.0, 45.0])


def test_the_blocker_is_swallowed_once_at_its_time():
    grid, c = laid_out(arm(50.0))
    given = c.swallowed[c.dose].sum(axis=-1)
    assert given.sum() == 50.0
    assert grid.start[np.argmax(given)] == 0.0


def test_belief_and_agonist_hold_within_their_windows():
    grid, c = laid_out(
        Treatment(agonist=(Window(start_h=1.0, stop_h=5.0, level=0.5),), belief=arm().belief)
    )
    h = grid.lengths[grid.which]
    assert (c.agonist[c.regime][:, 0] * h).sum() == pytest.approx(2.0)
    assert (c.belief[c.regime][:, 0] * h).sum() == pytest.approx(24.0)
    both = Window(start_h=LEAD, stop_h=LEAD + 24.0), Window(start_h=1.0, stop_h=5.0, level=0.5)
    assert (levels(both, grid) * h).sum() == pytest.approx(26.0)


def test_two_infusions_that_overlap_add_up():
    twice = arm(drug=(infusion(), infusion(0.5, start=LEAD + 1 / 3)))
    grid, c = laid_out(twice)
    h = grid.lengths[grid.which]
    assert (c.infusion[c.regime][:, 0] * h).sum() == pytest.approx(70.0)
    assert c.infusion.max() == pytest.approx(2 * 35.0 / (2 / 3))


def test_the_modes_of_the_drug_decay_from_one_over_the_volume():
    a = agents(arm(50.0), POTENCY, People())
    V1 = 133.0  # L, the set's central volume, read from the catalog in test_compartments
    assert a.nmda.sum() == pytest.approx(3.0 / V1, rel=1e-9)
    assert (a.rate > 0).all()


def test_no_drug_binds_nothing():
    a = agents(Treatment(), POTENCY, People())
    assert a.nmda.sum() == 0.0

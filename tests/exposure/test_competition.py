import numpy as np
import pytest

from crossblock.core.errors import CatalogError
from crossblock.exposure.competition import competition, slow_competition
from crossblock.load.compound import compound


def rates(name, assay):
    return next(a for a in compound(name).affinities if a.set == assay)


BUPRENORPHINE = rates("buprenorphine", "yassen-2007")
FENTANYL = rates("fentanyl", "fda-2022")
NALOXONE = rates("naloxone", "fda-2022")


def test_the_dose_ratio_restores_the_agonist():
    a, b = np.array([0.2, 3.0]), np.array([7.0, 7.0])
    found = competition(a, b)
    raised = competition(a * found.dose_ratio, b)
    assert raised.blocked == pytest.approx(found.alone)


def test_no_blocker_changes_nothing():
    found = competition([0.2, 3.0], 0.0)
    assert np.array_equal(found.alone, found.blocked)


def test_held_at_constant_levels_slow_binding_reaches_equilibrium():
    times = np.array([0.0, 50.0])
    C = np.full((2, 2), [2.0, 3.0])
    found = slow_competition(times, C, [FENTANYL, NALOXONE])
    odds = []
    for a, c in ((FENTANYL, 2.0), (NALOXONE, 3.0)):
        p = a.parameters
        odds.append(p["kon"].value * c ** p["n"].value / p["koff"].value)
    assert found.occupancy[-1] == pytest.approx(np.array(odds) / (1 + sum(odds)), rel=1e-6)


def test_naloxone_reverses_fentanyl_sooner_than_buprenorphine():
    times = np.linspace(0.0, 3.0, 37)
    agonist = np.where(times < 1.0, 1.0, 0.0)
    blocker = np.where(times < 1.0, 0.0, 30.0)
    left = {}
    for name, a in (("fentanyl", FENTANYL), ("buprenorphine", BUPRENORPHINE)):
        found = slow_competition(times, np.stack([agonist, blocker], axis=1), [a, NALOXONE])
        at_one, later = found.occupancy[11, 0], found.occupancy[15, 0]
        left[name] = later / at_one
        assert (found.occupancy >= 0).all()
        assert (found.occupancy.sum(axis=1) <= 1).all()
    assert left["fentanyl"] < 0.1 < 0.5 < left["buprenorphine"]


def test_the_step_is_halved_until_the_answer_settles():
    times = np.linspace(0.0, 4.0, 9)
    C = np.stack([np.exp(-times), 5.0 * np.exp(-((times - 2) ** 2))], axis=1)
    found = slow_competition(times, C, [FENTANYL, NALOXONE], tolerance=1e-4)
    finer = slow_competition(times, C, [FENTANYL, NALOXONE], tolerance=1e-6)
    assert found.error <= 1e-4
    assert np.abs(found.occupancy - finer.occupancy).max() < 2e-4
    assert not found.warnings
    crude = slow_competition(times, C, [FENTANYL, NALOXONE], tolerance=1e-12)
    assert crude.warnings


def test_a_ligand_without_rates_is_refused():
    with pytest.raises(CatalogError, match="no binding rates"):
        slow_competition([0, 1], np.ones((2, 1)), [rates("morphine", "chen-1991")])

import numpy as np
import pytest

from crossblock.core.errors import CatalogError
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.occupancy import Basis, occupancy
from crossblock.load.compound import compound

KETAMINE = compound("ketamine")


def test_a_racemate_is_split_and_said():
    whole = occupancy(
        KETAMINE, {"ketamine": 800.0}, ReceptorId.NMDA, affinity_set="ebert-1997", basis=Basis.TOTAL
    )
    parts = occupancy(
        KETAMINE,
        {"S-ketamine": 400.0, "R-ketamine": 400.0},
        ReceptorId.NMDA,
        affinity_set="ebert-1997",
        basis=Basis.TOTAL,
    )
    assert whole.alone == pytest.approx(float(parts.alone))
    assert whole.warnings
    assert not parts.warnings


def test_enantiomers_have_their_own_unbound_fractions():
    parts = occupancy(
        KETAMINE,
        {"S-ketamine": 300.0, "R-ketamine": 1400.0},
        ReceptorId.NMDA,
        affinity_set="ebert-1997",
        basis=Basis.UNBOUND,
    )
    assert parts.odds == pytest.approx(0.65 + 0.71)


def test_a_blocker_competes_only_where_it_binds():
    levels = {"ketamine": np.array([100.0, 800.0])}
    free = occupancy(KETAMINE, levels, ReceptorId.MU, affinity_set="hirota-1999")
    held = occupancy(
        KETAMINE, levels, ReceptorId.MU, affinity_set="hirota-1999", blocker_odds=np.array([9.0, 9])
    )
    assert np.allclose(free.alone, free.with_blocker)
    assert np.allclose(held.with_blocker, held.odds / (10 + held.odds))
    assert (held.with_blocker < held.alone).all()


def test_metabolites_without_a_basis_factor_are_refused_not_guessed():
    with pytest.raises(CatalogError, match="no factor for the basis"):
        occupancy(KETAMINE, {"norketamine": 100.0}, ReceptorId.NMDA, affinity_set="ebert-1997")
    total = occupancy(
        KETAMINE,
        {"norketamine": 100.0},
        ReceptorId.NMDA,
        affinity_set="ebert-1997",
        basis=Basis.TOTAL,
    )
    assert 0 < total.alone < 0.1


def test_an_analyte_that_no_affinity_fits_is_refused():
    with pytest.raises(CatalogError, match="binds none of hydroxynorketamine"):
        occupancy(KETAMINE, {"hydroxynorketamine": 9.0}, ReceptorId.MU, affinity_set="hirota-1999")


def test_rates_without_an_equilibrium_constant_are_refused():
    with pytest.raises(CatalogError, match="has no Ki"):
        occupancy(KETAMINE, {"ketamine": 9.0}, ReceptorId.NMDA, affinity_set="channel-model")


def test_remembered_affinities_stay_visible():
    o = occupancy(
        KETAMINE, {"ketamine": 9.0}, ReceptorId.MU, affinity_set="hirota-1999-enantiomers"
    )
    assert any("Ki" in a for a in o.assumed)

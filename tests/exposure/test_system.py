"""Mechanism, drug and blocker to kernel arrays."""

import numpy as np
import pytest

from crossblock.core.errors import CatalogError
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.system import blocker_ratio, potency, system
from crossblock.load.compound import compound
from crossblock.load.mechanism import mechanism

H5 = mechanism("h5")
KETAMINE, NALTREXONE = compound("ketamine"), compound("naltrexone")


def test_potency_gives_the_occupancies_of_the_evidence_note():
    b = potency(H5, KETAMINE)
    at = 0.185  # mg/L, the published peak
    assert b.nmda * at / (1 + b.nmda * at) == pytest.approx(0.39, abs=0.005)
    assert b.kappa_ratio == pytest.approx(41.7 / 28.2, rel=1e-6)
    assert any("mu" in a or "Ki" in a for a in b.assumed)


def test_no_drug_binds_nothing():
    assert potency(H5, None).nmda == 0.0


def test_a_drug_without_nmda_affinity_is_not_explained():
    with pytest.raises(CatalogError, match="morphine"):
        potency(H5, compound("morphine"))


def test_naltrexone_takes_kappa_half_as_well_as_mu():
    assert blocker_ratio(NALTREXONE, ReceptorId.KAPPA) == pytest.approx(0.5)
    assert blocker_ratio(NALTREXONE, ReceptorId.DELTA) == pytest.approx(1 / 79)
    assert blocker_ratio(None, ReceptorId.KAPPA) == 0.0


def test_mu_alone_needs_one_receptor_type():
    p = system(H5, scale=2.0, drug=potency(H5, KETAMINE), blocker=NALTREXONE)
    assert p.shares.shape == (1, 1)
    assert p.aG == pytest.approx(2.0 * H5["aG"])


def test_shares_of_kappa_and_delta_come_off_mu():
    shared = H5.with_values(kappa_share=0.3, delta_share=0.1)
    p = system(shared, scale=1.0, drug=potency(H5, KETAMINE), blocker=NALTREXONE)
    assert p.shares[:, 0] == pytest.approx([0.6, 0.3, 0.1])
    assert p.blocker_ratio[:, 0] == pytest.approx([1.0, 0.5, 1 / 79])


def test_values_by_person_replace_the_typical_one():
    E0 = np.array([0.1, 0.2, 0.3])
    p = system(H5, scale=1.0, drug=potency(H5, KETAMINE), blocker=None, parameters={"E0": E0})
    assert p.E0.tolist() == E0.tolist()
    assert p.kE.shape == (1,)


def test_prolongation_slows_the_decay_of_plasticity():
    usual, slow = (
        system(H5, scale=1.0, drug=potency(H5, KETAMINE), blocker=None, prolonged=x)
        for x in (False, True)
    )
    assert slow.kR == pytest.approx(usual.kR / H5["slowing"])

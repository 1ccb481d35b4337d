"""Mechanisms as nouns: priors, values, alternatives, amber."""

import numpy as np
import pytest

from crossblock.core.errors import CatalogError
from crossblock.domain.mechanism import Family, Prior
from crossblock.load.mechanism import mechanism

Z = np.array([-1.96, 0.0, 1.96])


def test_a_lognormal_prior_is_symmetric_in_ratio():
    low, middle, high = Prior(family=Family.LOGNORMAL, spread=0.5).at(12.0, Z)
    assert middle == 12.0
    assert high / middle == pytest.approx(middle / low)


def test_a_logit_prior_stays_between_0_and_1():
    found = Prior(family=Family.LOGIT_NORMAL, spread=2.0).at(0.5, np.array([-9.0, 0.0, 9.0]))
    assert ((found > 0) & (found < 1)).all()
    assert found[1] == pytest.approx(0.5)


def test_a_share_prior_is_beta_1_b():
    z = np.random.default_rng(1).standard_normal(40000)
    found = Prior(family=Family.SHARE, spread=9.0).at(0.0, z)
    assert found.mean() == pytest.approx(0.1, abs=0.002)  # mean of Beta(1, 9)
    assert ((found >= 0) & (found <= 1)).all()


def test_a_fixed_prior_does_not_move():
    assert Prior(family=Family.FIXED).at(0.0, Z).tolist() == [0.0, 0.0, 0.0]


def test_values_change_and_the_rest_stays():
    h3a = mechanism("h3a")
    other = h3a.with_values(phi=0.39)
    assert (other["phi"], h3a["phi"]) == (0.39, 0.7)
    assert other.parameter("phi").prior == h3a.parameter("phi").prior


def test_an_alternative_brings_its_own_source():
    h1 = mechanism("h1")
    illustrative = h1.alternative("illustrative-decay")
    assert illustrative.rate("R") == pytest.approx(np.log(2) / 96.0)
    assert illustrative.parameter("half_life_R").confidence.amber
    assert not h1.parameter("half_life_R").confidence.amber


@pytest.mark.parametrize("call", [lambda m: m["phy"], lambda m: m.alternative("fast")])
def test_unknown_names_are_refused_with_the_known_ones(call):
    with pytest.raises(CatalogError, match="use one of"):
        call(mechanism("h1"))


def test_amber_names_assumed_numbers_and_not_closed_arrows():
    named = " ".join(mechanism("h5").amber)
    assert "sX = 2" in named
    assert "phi" not in named

"""Numbers of the slow system: found by name, amber when assumed, refused by the nearest names."""

import math

import pytest

from crossblock.core.errors import CatalogError
from crossblock.domain.adaptation import Loss
from crossblock.load.adaptation import adaptation

SLOW = adaptation()


def test_a_rate_is_ln_2_over_the_half_life():
    assert SLOW.rate("T") == pytest.approx(math.log(2) / 26.0)


def test_an_unknown_number_names_the_known_ones():
    with pytest.raises(CatalogError, match="half_life_A"):
        SLOW["half_live_A"]


def test_other_values_keep_source_and_prior():
    other = SLOW.with_values(fall=0.4)
    assert other["fall"] == 0.4
    assert other.parameter("fall").source == SLOW.parameter("fall").source


def test_what_nobody_read_is_amber():
    assert any(line.startswith("a_A = 0.04") for line in SLOW.amber)
    assert not any(line.startswith("baseline ") for line in SLOW.amber)


def test_at_least_three_rival_explanations_each_with_its_claim():
    assert {Loss.ILLNESS, Loss.CEILING, Loss.TOLERANCE} <= set(Loss)
    assert len({loss.claim for loss in Loss}) == len(Loss)

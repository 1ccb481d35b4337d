import numpy as np
import pytest
from scipy.stats import beta

from crossblock.core.errors import InputError
from crossblock.stats.predictive import predictive_probability


def test_simulated_ends_agree():
    found = predictive_probability(7, 12, 30, acceptable=0.4, certainty=0.95)
    rng = np.random.default_rng(6)
    more = rng.binomial(18, rng.beta(8, 6, 200_000))
    success = beta.sf(0.4, 1 + 7 + more, 1 + 30 - 7 - more) > 0.95
    assert found.probability == pytest.approx(success.mean(), abs=0.004)
    assert found.posterior == pytest.approx(beta.sf(0.4, 8, 6), abs=1e-12)


def test_a_finished_trial_is_decided():
    assert predictive_probability(25, 30, 30, acceptable=0.4, certainty=0.95).probability == 1.0
    assert predictive_probability(5, 30, 30, acceptable=0.4, certainty=0.95).probability == 0.0


def test_needed_is_the_fewest_further_responders():
    found = predictive_probability(7, 12, 30, acceptable=0.4, certainty=0.95)
    total = 7 + found.needed
    assert beta.sf(0.4, 1 + total, 31 - total) > 0.95 >= beta.sf(0.4, total, 32 - total)


def test_out_of_reach_needs_more_than_are_left():
    found = predictive_probability(0, 28, 30, acceptable=0.5, certainty=0.9)
    assert found.probability == 0.0
    assert found.needed == 3


@pytest.mark.parametrize("counts", [(5, 4, 30), (-1, 4, 30), (3, 40, 30), (0, 0, 0)])
def test_refuses_counts_that_do_not_fit(counts):
    with pytest.raises(InputError, match="do not fit"):
        predictive_probability(*counts, acceptable=0.4, certainty=0.9)


def test_refuses_an_improper_prior():
    with pytest.raises(InputError, match="positive"):
        predictive_probability(3, 5, 30, acceptable=0.4, certainty=0.9, prior=(0.0, 1.0))

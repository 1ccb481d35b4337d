import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import cauchy, nct, t

from crossblock.core.errors import InputError
from crossblock.stats.bayes_factor import jzs


@pytest.mark.parametrize(
    ("value", "n1", "n2", "r"),
    [(2.5, 12, None, 0.707), (0.3, 12, None, 1.0), (-1.8, 9, 5, 0.707), (4.0, 26, None, 0.5)],
)
def test_agrees_with_the_noncentral_t_averaged_over_the_cauchy_prior(value, n1, n2, r):
    N = n1 if n2 is None else n1 * n2 / (n1 + n2)
    nu = n1 - 1 if n2 is None else n1 + n2 - 2

    def weighted(angle):
        # effect = r tan(angle) has a Cauchy(r) distribution for a uniform angle
        return nct.pdf(value, nu, r * math.tan(angle) * math.sqrt(N)) / math.pi

    angles = np.linspace(-math.pi / 2, math.pi / 2, 41)[1:-1]
    area = sum(quad(weighted, a, b)[0] for a, b in pairwise(angles))
    assert jzs(value, n1, n2, r=r).bf10 == pytest.approx(area / t.pdf(value, nu), rel=2e-3)
    assert cauchy.cdf(r * math.tan(angles[-1]), scale=r) > 0.97


def test_the_sign_of_t_does_not_matter_and_evidence_grows_with_it():
    assert jzs(-2.0, 12).bf10 == pytest.approx(jzs(2.0, 12).bf10)
    factors = [jzs(x, 12).bf10 for x in (0.0, 1.0, 2.0, 4.0, 40.0, 400.0)]
    assert factors == sorted(factors)
    assert math.isfinite(factors[-1])


def test_no_effect_in_more_people_speaks_more_for_none():
    assert jzs(0.0, 200).bf01 > jzs(0.0, 20).bf01 > 1


@pytest.mark.parametrize("bad", [(math.nan, 12, None, 0.7), (1.0, 1, None, 0.7), (1.0, 9, 9, 0.0)])
def test_refusals(bad):
    value, n1, n2, r = bad
    with pytest.raises(InputError, match="finite t"):
        jzs(value, n1, n2, r=r)

import numpy as np
import pytest

from crossblock.core.errors import ConvergenceError
from crossblock.kernels.boundary import crossing
from crossblock.stats.futility import with_futility
from crossblock.stats.sequential import bounds
from crossblock.stats.spending import Family, Spending

LOOKS = [1 / 3, 2 / 3, 1.0]


def hsd(error, gamma):
    return Spending(family=Family.HWANG_SHIH_DECANI, alpha=error, parameter=gamma)


@pytest.mark.parametrize("binding", [False, True])
def test_bounds_meet_and_spend_both_errors(binding):
    design = with_futility(hsd(0.025, -4), hsd(0.1, -2), LOOKS, binding=binding)
    b = design.boundary
    assert b.futility[-1] == b.efficacy[-1]
    assert all(low <= up for low, up in zip(b.futility, b.efficacy, strict=True))
    under = b.crossing(design.drift)
    np.testing.assert_allclose(np.cumsum(under.below), design.beta_spent, atol=1e-6)
    assert under.above.sum() == pytest.approx(0.9, abs=1e-6)
    lower = np.array(b.futility) if binding else np.full(3, -np.inf)
    null = crossing(lower, np.array(b.efficacy), np.array(LOOKS))
    if binding:
        # The last lower bound is the upper one, so it takes nothing from alpha.
        assert null.above.sum() == pytest.approx(0.025, abs=1e-6)
    else:
        np.testing.assert_allclose(np.cumsum(null.above), b.alpha_spent, atol=1e-9)


def test_non_binding_bounds_are_those_without_futility():
    design = with_futility(hsd(0.025, -4), hsd(0.1, -2), LOOKS)
    assert design.boundary.efficacy == pytest.approx(bounds(hsd(0.025, -4), LOOKS).efficacy)
    assert not design.boundary.binding
    assert "non-binding" in design.boundary.method.sentence


def test_binding_bounds_buy_power():
    loose = with_futility(hsd(0.025, -4), hsd(0.1, -2), LOOKS, binding=True)
    strict = with_futility(hsd(0.025, -4), hsd(0.1, -2), LOOKS)
    assert loose.drift < strict.drift


def test_refuses_errors_that_cannot_meet():
    with pytest.raises(ConvergenceError, match="do not meet"):
        with_futility(hsd(0.4999, 10.0), hsd(0.9, 10.0), [0.01, 1.0])

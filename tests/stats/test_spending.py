import numpy as np
import pytest
from scipy.stats import norm

from crossblock.core.errors import InputError
from crossblock.stats.spending import Family, Spending

RULES = [
    Spending(family=Family.OBRIEN_FLEMING_LIKE, alpha=0.025),
    Spending(family=Family.POCOCK_LIKE, alpha=0.025),
    Spending(family=Family.HWANG_SHIH_DECANI, alpha=0.025, parameter=-4),
    Spending(family=Family.HWANG_SHIH_DECANI, alpha=0.025, parameter=0),
    Spending(family=Family.HWANG_SHIH_DECANI, alpha=0.025, parameter=2),
    Spending(family=Family.KIM_DEMETS, alpha=0.025, parameter=3),
]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_spends_from_nothing_to_alpha_and_never_back(rule):
    t = np.linspace(0, 1.5, 151)
    spent = rule.spent(t)
    assert spent[0] == pytest.approx(0.0, abs=1e-15)
    assert spent[100] == pytest.approx(0.025, abs=1e-15)
    assert np.all(np.diff(spent) >= 0)
    assert np.all(spent <= 0.025)


def test_shapes_are_those_of_the_papers():
    half = np.array([0.5])
    assert RULES[0].spent(half)[0] == pytest.approx(2 * norm.sf(norm.isf(0.0125) / np.sqrt(0.5)))
    assert RULES[1].spent(half)[0] == pytest.approx(0.025 * np.log(1 + (np.e - 1) / 2))
    assert RULES[3].spent(half)[0] == pytest.approx(0.0125)
    assert RULES[5].spent(half)[0] == pytest.approx(0.025 / 8)


def test_hwang_shih_decani_is_continuous_at_zero():
    near = Spending(family=Family.HWANG_SHIH_DECANI, alpha=0.025, parameter=1e-9)
    t = np.linspace(0.1, 0.9, 9)
    np.testing.assert_allclose(near.spent(t), RULES[3].spent(t), rtol=1e-7)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"alpha": 0.0}, "not a probability"),
        ({"alpha": 1.5}, "not a probability"),
        ({"family": Family.KIM_DEMETS, "parameter": 0.0}, "positive power"),
    ],
)
def test_refuses_what_cannot_be_spent(change, says):
    with pytest.raises(InputError, match=says):
        Spending(**{"family": Family.POCOCK_LIKE, "alpha": 0.025, **change})


def test_names_itself_with_its_parameter():
    assert str(RULES[2]) == "Hwang-Shih-DeCani spending (gamma -4)"
    assert str(RULES[5]) == "Kim-DeMets power spending (rho 3)"
    assert RULES[2].at(0.05).alpha == 0.05

import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.domain.response import ALONE, BLOCKED, HIGHER, NONE, OPEN
from crossblock.load.compound import compound
from crossblock.load.mechanism import mechanism
from crossblock.load.protocol import read
from crossblock.plan.mechanisms import CELLS, DRAWS, draws, predict

WILLIAMS = read("williams-2018")
COMPOUNDS = {n: compound(n) for n in WILLIAMS.compound_ids}


@pytest.mark.parametrize("name", ["h1", "h2", "h3a", "h5"])
def test_rivals_agree_on_the_open_effect_and_differ_under_the_blocker(name: str) -> None:
    found = predict(WILLIAMS, COMPOUNDS, mechanism(name))
    assert found.fall[OPEN] == pytest.approx(np.ones(DRAWS), abs=1e-6)
    left = found.mean(CELLS)
    if name == "h1":
        assert left == pytest.approx([1, 1, 0, 0, 1, 0], abs=1e-3)
    else:
        assert left[CELLS.index(BLOCKED)] < 0.8
        assert left[CELLS.index(HIGHER)] < left[CELLS.index(BLOCKED)]
    expectancy = left[CELLS.index(NONE)] - left[CELLS.index(ALONE)]
    assert (expectancy > 0.1) if name == "h5" else (abs(expectancy) < 1e-6)
    assert found.assumed


def test_only_gated_glutamate_loses_its_surge() -> None:
    surge = {
        m: predict(WILLIAMS, COMPOUNDS, mechanism(m)).mean([BLOCKED], "glx")[0]
        for m in ("h2", "h2-linked", "h3a")
    }
    assert surge["h2"] == pytest.approx(1.0, abs=1e-6)
    assert surge["h2-linked"] < surge["h3a"] < 0.9


def test_draws_are_quantiles_of_the_priors() -> None:
    assert draws(mechanism("h1")) == {}
    phi = draws(mechanism("h3a"))["phi"]
    assert sorted(phi) == pytest.approx((np.arange(DRAWS) + 0.5) / DRAWS)  # uniform prior


def test_a_protocol_without_a_blocker_is_refused() -> None:
    nimh = read("nimh-ketamine-saline")
    compounds = {n: compound(n) for n in nimh.compound_ids}
    with pytest.raises(InputError, match="together with a blocker"):
        predict(nimh, compounds, mechanism("h1"))

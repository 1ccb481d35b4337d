"""Operating characteristics of the textbook model, where theory says what to expect."""

from __future__ import annotations

import math

import pytest

from crossblock.core.errors import DesignError
from crossblock.domain.characteristics import Characteristics
from crossblock.simulate.batch import run
from crossblock.simulate.chunk import job
from crossblock.simulate.world import World
from crossblock.stats.crossover import detectable_sd

TRIALS = 2000


def of(world: World, trials: int = TRIALS) -> Characteristics:
    return run(job(world, trials=trials, seed=3, endpoint="hamd17"))


def within(m: object, wanted: float, sigmas: float = 4.0) -> bool:
    return abs(m.value - wanted) <= sigmas * max(m.se, math.sqrt(wanted * (1 - wanted) / m.n))  # type: ignore[attr-defined]


def test_without_an_effect_all_completers_hold_their_error(textbook: object) -> None:
    found = of(textbook(people=26, floor=0.0))  # type: ignore[operator]
    everyone, chosen = found.group("all"), found.group("responders")
    assert within(everyone.significant, 0.025)
    assert within(everyone.opposite, 0.025)
    assert chosen.significant.value > 0.15
    assert everyone.fraction is not None
    assert within(everyone.fraction.coverage, 0.95)
    assert chosen.fraction is not None
    assert chosen.fraction.coverage.value < 0.9


@pytest.mark.parametrize("n", [12, 26])
def test_power_is_what_theory_says(n: int, textbook: object) -> None:
    """The detectable difference of n complete pairs, as a shift of the blocked session."""
    sd = 7.0 * math.sqrt(2 * 0.5)
    shift = detectable_sd(n) * sd
    world = textbook(people=n, floor=0.0, blocker_alone=shift)  # type: ignore[operator]
    balanced = world.protocol.randomization.model_copy(
        update={
            "method": world.protocol.randomization.method.model_copy(update={"value": "balanced"})
        }
    )
    fixed = type(world)(
        **{
            **{k: getattr(world, k) for k in world.__dataclass_fields__},
            "protocol": world.protocol.model_copy(update={"randomization": balanced}),
        }
    )
    assert within(of(fixed).group("all").significant, 0.80)


def test_expectancy_alone_looks_like_blockade(textbook: object) -> None:
    """Statistics review, section 3: 4 points, no blockade, n = 12: 29 %, significant in 44 %."""
    found = of(textbook(people=12, expectancy=4.0, fraction=0.0))  # type: ignore[operator]
    g = found.group("all")
    assert g.fraction is not None
    assert g.fraction.mean.value == pytest.approx(0.29, abs=0.02)
    assert g.paired.value == pytest.approx(0.44, abs=0.045)
    assert found.difference == pytest.approx(0.0, abs=1e-9)


def test_early_stopping_exaggerates(textbook: object) -> None:
    found = of(textbook(people=30, fraction=0.28))  # type: ignore[operator]
    naive = found.rule("p<0.05")
    assert naive.given_stop is not None
    assert naive.given_stop.value > 1.3 * found.difference
    assert naive.size.value < 30
    assert found.rule("O'Brien-Fleming").stop[0].value < naive.stop[0].value
    assert found.looks[0].count == 14


def test_scores_that_do_not_vary_are_refused(textbook: object) -> None:
    still = textbook(people=12, fall_sd=0.0, baseline_sd=0.0, mean_fall=10.0)  # type: ignore[operator]
    with pytest.raises(DesignError, match="nothing can be estimated"):
        of(still, 40)

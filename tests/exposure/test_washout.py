import math

import numpy as np
import pytest

from crossblock.core.errors import CatalogError, InputError
from crossblock.core.streams import Stream
from crossblock.domain.dose import Dose, Route
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.washout import EffectDecay, decay_of, last_above, washout
from crossblock.load.compound import compound

NALTREXONE, KETAMINE = compound("naltrexone"), compound("ketamine")
TABLET = [Dose(start_h=0.0, amount=50.0, route=Route.ORAL)]
PEOPLE = Stream(5, "washout")


def test_last_above_is_exact_for_an_exponential_and_knows_its_ends():
    times = np.arange(0.0, 100.0, 6.0)
    odds = np.array([[5.0], [0.5], [1e9]]) * np.exp(-0.1 * times)
    here = last_above(times, odds, 1.0)
    assert here[0] == pytest.approx(math.log(5.0) / 0.1, rel=1e-12)
    assert here[1] == 0.0
    assert math.isinf(here[2])


def test_blockade_is_at_its_residual_when_the_wait_is_over():
    w = washout(NALTREXONE, TABLET, decay_of(KETAMINE), stream=PEOPLE, residual_blockade=0.05)
    end = blockade_curve(NALTREXONE, TABLET, [24.0 * w.blockade_d[0]]).fraction[0]
    assert end == pytest.approx(0.05, abs=1e-6)
    assert w.blockade_d[1] < w.blockade_d[0] < w.blockade_d[2]


def test_the_longer_of_the_two_decides():
    fast = EffectDecay(label="fast", half_life_d=0.1, low_d=0.1, high_d=0.1)
    w = washout(NALTREXONE, TABLET, fast, stream=PEOPLE)
    assert w.both_d == w.blockade_d
    slow = EffectDecay(label="slow", half_life_d=50.0, low_d=40.0, high_d=60.0)
    assert washout(NALTREXONE, TABLET, slow, stream=PEOPLE).both_d == slow.wait_d(0.10)


def test_no_blocker_needs_no_wait_for_it():
    w = washout(NALTREXONE, [], decay_of(KETAMINE), stream=PEOPLE)
    assert w.blockade_d == (0.0, 0.0, 0.0)


def test_an_unbounded_decay_is_said_and_not_cut():
    w = washout(NALTREXONE, TABLET, decay_of(KETAMINE), stream=PEOPLE)
    assert math.isinf(w.both_d[2])
    assert any("do not rule out" in s for s in w.warnings)
    assert w.candidates[0].effect[2] == 1.0


def test_an_assumed_decay_is_said():
    w = washout(
        NALTREXONE, TABLET, decay_of(KETAMINE, "effect-half-life-illustrative"), stream=PEOPLE
    )
    assert any("assumed" in s for s in w.warnings)
    assert w.candidates[1].effect[0] == pytest.approx(0.5 ** (14 / 4))


def test_an_unknown_figure_lists_the_known_ones():
    with pytest.raises(CatalogError, match="effect-half-life-open-data"):
        decay_of(KETAMINE, "half-life")


def test_what_a_depot_rests_on_stays_visible():
    depot = [Dose(start_h=0.0, amount=380.0, route=Route.DEPOT)]
    w = washout(NALTREXONE, depot, decay_of(KETAMINE), stream=PEOPLE)
    assert any("dose_factor" in a for a in w.assumed)
    assert w.blockade_d[0] > 28


def test_a_residual_of_nothing_is_refused():
    with pytest.raises(InputError, match="between 0 and 1"):
        washout(NALTREXONE, TABLET, decay_of(KETAMINE), stream=PEOPLE, residual_effect=0.0)

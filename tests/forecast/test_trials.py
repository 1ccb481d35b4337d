"""Published courses on virtual people: what must hold whatever the constants."""

import numpy as np

from crossblock.forecast.trials import bench, fitted, held_out, phillips, single
from crossblock.load.mechanism import mechanism
from tests.forecast.settings import COMPOUNDS, SLOW

BENCH = bench(mechanism("h1"), SLOW, COMPOUNDS, count=800, seed=5, worlds=4)


def test_one_infusion_wears_off():
    found = single(BENCH)
    assert np.mean(found["single-response-7"]) < np.mean(found["single-response-1"])
    assert np.all(found["single-remission-1"] <= found["single-response-1"] + 1e-9)


def test_more_infusions_help_more_than_none():
    found = fitted(BENCH)
    assert np.all(found["singh-twice-mean"] < found["singh-none-mean"] - 5.0)
    assert np.all(found["singh-thrice-mean"] <= found["singh-twice-mean"] + 1.0)


def test_repeating_raises_the_response_over_one_infusion():
    once, six = single(BENCH), phillips(BENCH)
    assert np.mean(six["phillips-response"]) > np.mean(once["single-response-7"])


def test_staying_on_protects_and_stopping_has_no_withdrawal():
    found = held_out(BENCH)
    assert np.nanmean(found["sustain-1-relapse-on"]) < np.nanmean(found["sustain-1-relapse-off"])
    for week in (1, 2, 4):
        assert np.all(np.abs(found[f"sustain-2-pwc-{week}"]) < 0.3)


def test_every_world_gives_its_own_number():
    assert all(len(x) == 4 for x in fitted(BENCH).values())

import numpy as np
from scipy.stats import norm

from crossblock.load.mechanism import mechanism
from crossblock.weigh.particles import FREE, UNKNOWNS, at, draw, symbols


def test_a_particle_is_the_same_whatever_the_count() -> None:
    h3a = mechanism("h3a")
    few, many = draw(h3a, 5, 1), draw(h3a, 50, 1)
    assert np.array_equal(few.z, many.z[:5])
    assert np.array_equal(draw(h3a, 5, 1, first=10).z, many.z[10:15])
    assert not np.array_equal(few.z, draw(h3a, 5, 2).z)


def test_coordinates_are_the_open_arrows_and_what_all_share() -> None:
    assert "phi" in symbols(mechanism("h3a"))
    assert "phi" not in symbols(mechanism("h1"))
    assert "kappa_share" not in symbols(mechanism("h1"))  # no opioid signal to share
    shared = {u.symbol for u in UNKNOWNS}
    for name in ("h1", "h2", "h5"):
        assert shared <= set(symbols(mechanism(name)))
    assert {"fall", "told", "sigma"} <= FREE
    assert "ED50_factor" not in FREE  # the model must run again for it


def test_values_follow_their_priors() -> None:
    found = draw(mechanism("h4-direct"), 4000, 3)
    z = norm.ppf(0.975) * np.ones((1, found.z.shape[1]))
    high = at(mechanism("h4-direct"), z)
    for symbol in ("fall", "half_life_R", "sigma", "told", "aK"):
        share = np.mean(found[symbol] < high[symbol][0])
        assert abs(share - 0.975) < 0.01, symbol
    assert np.all(found["kappa_share"] + found["delta_share"] <= 1.0)


def test_rows_are_taken_in_order() -> None:
    found = draw(mechanism("h1"), 6, 1)
    taken = found.take(np.array([4, 4, 0]))
    assert np.array_equal(taken["fall"], found["fall"][[4, 4, 0]])
    assert taken.count == 3

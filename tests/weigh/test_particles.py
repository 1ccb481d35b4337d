import numpy as np

from crossblock.load.mechanism import mechanism
from crossblock.weigh.particles import at, draw, symbols


def test_particle_k_is_the_same_whatever_the_count() -> None:
    h3a = mechanism("h3a")
    few, many = draw(h3a, 5, seed=1), draw(h3a, 50, seed=1)
    late = draw(h3a, 5, seed=1, first=45)
    name = symbols(h3a)[0]
    assert np.array_equal(few[name], many[name][:5])
    assert np.array_equal(late[name], many[name][45:])


def test_the_middle_of_every_coordinate_is_finite_and_draws_stay_in_their_range() -> None:
    h3a = mechanism("h3a")
    assert "phi" in symbols(h3a)
    middle = at(h3a, np.zeros((1, len(symbols(h3a)))))
    assert middle.count == 1
    phi = draw(h3a, 400, seed=2)["phi"]
    assert np.all((phi >= 0) & (phi <= 1))


def test_what_a_mechanism_fixes_is_no_coordinate() -> None:
    assert "phi" not in symbols(mechanism("h1"))

"""Draws from a mechanism's prior: typical first, independent streams, shares within bounds."""

import numpy as np
import pytest

from crossblock.core.streams import Stream
from crossblock.exposure.prior import believed, drawn
from crossblock.load.compound import compound
from crossblock.load.mechanism import mechanism

H3A = mechanism("h3a")
NALTREXONE = compound("naltrexone")


def test_the_typical_value_leads():
    found = drawn(H3A, 50, Stream(1, "x"))
    for symbol, values in found.items():
        assert values.shape == (51,)
        assert values[0] == H3A[symbol]


def test_what_is_fixed_is_not_drawn():
    found = drawn(H3A, 5, Stream(1, "x"))
    assert "aG" not in found
    assert "phi" in found


def test_opening_an_arrow_changes_no_other_draw():
    one, other = (drawn(mechanism(m), 20, Stream(1, "x")) for m in ("h1", "h5"))
    for symbol in one:
        assert one[symbol].tolist() == other[symbol].tolist()


def test_more_draws_leave_the_first_as_they_are():
    few, many = (drawn(H3A, n, Stream(1, "x"))["phi"] for n in (5, 50))
    assert many[:6].tolist() == few.tolist()


def test_kappa_and_delta_never_carry_more_than_all():
    found = drawn(H3A, 5000, Stream(3, "x"))
    assert (found["kappa_share"] + found["delta_share"]).max() <= 1.0 + 1e-12


def test_the_blockers_fit_varies_with_its_typical_constants_first():
    people = believed(H3A, NALTREXONE, 30, Stream(1, "x"))
    constants = people.constants(NALTREXONE, "oral-kpd")
    assert people.count == 31
    assert constants.ED50[0] == NALTREXONE.blockades["oral-kpd"].parameters["ED50"].value
    assert constants.ED50.shape == (31,)
    assert np.std(np.log(constants.ED50)) == pytest.approx(0.11, abs=0.05)

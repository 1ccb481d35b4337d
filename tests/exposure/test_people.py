import numpy as np
import pytest

from crossblock.core.streams import Stream
from crossblock.domain.dose import Dose, Route
from crossblock.exposure.people import draw, plasma_band, spreads, unknown_spread
from crossblock.exposure.plasma import plasma
from crossblock.load.compound import compound

ESKETAMINE = compound("esketamine")
SIMONS = ESKETAMINE.kinetic_set("simons-2022")


def test_every_published_spread_is_drawn_and_no_other():
    known = spreads(SIMONS)
    assert known["CL"] == pytest.approx(0.172)
    assert "S-norketamine.CL" in known
    assert "V2" not in known
    assert set(draw(SIMONS, np.arange(3), Stream(1, "kinetics"))) == set(known)
    assert "V2" in unknown_spread(SIMONS)


def test_draws_are_lognormal_with_median_one_and_the_stated_spread():
    factors = draw(SIMONS, np.arange(40000), Stream(1, "kinetics"))
    for name, cv in spreads(SIMONS).items():
        x = factors[name]
        assert np.median(x) == pytest.approx(1.0, rel=0.05)
        assert np.log(x).std() == pytest.approx(np.sqrt(np.log1p(cv**2)), rel=0.02)


def test_more_people_change_no_one():
    few = draw(SIMONS, np.arange(5), Stream(7, "kinetics"))
    many = draw(SIMONS, np.arange(50), Stream(7, "kinetics"))
    assert all(np.array_equal(few[name], many[name][:5]) for name in few)
    other = draw(SIMONS, np.arange(5), Stream(7, "kinetics"), trial=1)
    assert not np.array_equal(few["CL"], other["CL"])


def test_people_reach_the_plasma_of_parent_and_metabolite():
    dose = [Dose(start_h=0, amount=20, route=Route.IV, duration_h=1 / 3)]
    factors = draw(SIMONS, np.arange(6), Stream(7, "kinetics"))
    p = plasma(
        ESKETAMINE, dose, [1 / 3, 4.0], set_id="simons-2022", factors=factors, metabolites=True
    )
    assert {v.shape for v in p.mg_per_l.values()} == {(6, 2)}
    assert all((v > 0).all() for v in p.mg_per_l.values())
    assert np.ptp(p.mg_per_l["S-norketamine"][:, 1]) > 0


def test_the_band_holds_the_typical_person_and_names_what_it_leaves_out():
    dose = [Dose(start_h=0, amount=20, route=Route.IV, duration_h=1 / 3)]
    bands = plasma_band(
        ESKETAMINE,
        dose,
        [1 / 3, 2.0],
        set_id="simons-2022",
        stream=Stream(2, "k"),
        metabolites=True,
    )
    assert [b.analyte for b in bands] == ["S-ketamine", "S-norketamine", "S-hydroxynorketamine"]
    for b in bands:
        assert (b.low < b.typical).all()
        assert (b.typical < b.high).all()
        assert "V2" in b.unknown
        assert b.sampling_site == "arterial"

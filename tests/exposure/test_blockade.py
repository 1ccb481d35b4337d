import numpy as np
import pytest

from crossblock.core.errors import CatalogError, InputError
from crossblock.core.streams import Stream
from crossblock.domain.dose import Dose, Route
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.blockade import affinity_ratio, blockade_curve, sampled
from crossblock.load.compound import compound

NALTREXONE = compound("naltrexone")
TABLET = [Dose(start_h=0.0, amount=50.0, route=Route.ORAL)]
TIMES = np.array([0.0, 0.75, 24.0, 168.0])


def test_blockade_starts_at_nothing_and_names_what_is_assumed():
    curve = blockade_curve(NALTREXONE, TABLET, TIMES)
    assert curve.fraction[0] == 0.0
    assert curve.assumed == ("ka = 2 1/h (assumed)",)
    assert curve.receptor is ReceptorId.MU
    assert np.allclose(curve.odds, curve.fraction / (1 - curve.fraction))


def test_no_dose_blocks_nothing():
    none = blockade_curve(NALTREXONE, [Dose(start_h=0, amount=0.0, route=Route.ORAL)], TIMES)
    assert (none.fraction == 0).all()
    assert (blockade_curve(NALTREXONE, [], TIMES).fraction == 0).all()


def test_other_receptors_divide_the_odds():
    mu = blockade_curve(NALTREXONE, TABLET, TIMES)
    kappa = blockade_curve(NALTREXONE, TABLET, TIMES, receptor=ReceptorId.KAPPA)
    ratio = NALTREXONE.blockade_model().ratios[ReceptorId.KAPPA].value
    assert np.allclose(kappa.odds * ratio, mu.odds)
    assert affinity_ratio(NALTREXONE, NALTREXONE.blockade_model(), None) == 1.0
    with pytest.raises(CatalogError, match="no affinity ratio at NMDA"):
        blockade_curve(NALTREXONE, TABLET, TIMES, receptor=ReceptorId.NMDA)


def test_bands_hold_the_curve_and_people_differ_more_than_the_fit():
    fit = blockade_curve(NALTREXONE, TABLET, TIMES, band="parameters", stream=Stream(1, "band"))
    who = blockade_curve(NALTREXONE, TABLET, TIMES, band="persons", stream=Stream(1, "band"))
    for curve in (fit, who):
        assert (curve.low <= curve.fraction).all()
        assert (curve.fraction <= curve.high).all()
        assert curve.band.startswith("95 % band")
    assert (who.high - who.low)[1:].min() > (fit.high - fit.low)[1:].min()


def test_the_same_seed_gives_the_same_people_and_more_people_change_none():
    few = sampled(NALTREXONE.blockade_model(), 10, Stream(4, "people"))
    many = sampled(NALTREXONE.blockade_model(), 50, Stream(4, "people"))
    assert np.array_equal(few.ED50, many.ED50[:10])
    assert np.array_equal(few.person, many.person[:10])


def test_a_route_that_was_not_fitted_is_refused():
    with pytest.raises(CatalogError, match="no blockade model for iv doses"):
        blockade_curve(NALTREXONE, [Dose(start_h=0, amount=1, route=Route.IV)], TIMES)


def test_a_compound_without_a_model_says_so():
    with pytest.raises(CatalogError, match="no blockade model"):
        blockade_curve(compound("ketamine"), TABLET, TIMES)


def test_a_tablet_over_a_depot_adds_and_is_said():
    depot = Dose(start_h=0.0, amount=380.0, route=Route.DEPOT)
    times = np.array([24.0, 14 * 24.0])
    both = blockade_curve(NALTREXONE, [depot, *TABLET], times)
    apart = [blockade_curve(NALTREXONE, [d], times).odds for d in (depot, *TABLET)]
    assert np.allclose(both.odds, apart[0] + apart[1])
    assert any("overlap" in w for w in both.warnings)
    assert any("dose_factor" in a for a in both.assumed)


def test_missing_spread_between_persons_is_said():
    shot = [Dose(start_h=0.0, amount=0.01, route=Route.IV, per_kg=True)]
    curve = blockade_curve(
        compound("naloxone"), shot, [0.5], band="persons", stream=Stream(1, "x"), people=10
    )
    assert any("no spread between persons" in w for w in curve.warnings)


def test_a_constant_per_kilogram_follows_body_weight():
    shot = [Dose(start_h=0.0, amount=0.01, route=Route.IV, per_kg=True)]
    light, heavy = (
        blockade_curve(compound("naloxone"), shot, [0.5], weight_kg=w).fraction for w in (50, 100)
    )
    assert light == pytest.approx(heavy)


def test_an_infused_blocker_is_the_limit_of_many_small_doses():
    times = np.array([0.2, 0.5, 1.0, 3.0])
    drip = [Dose(start_h=0.0, amount=1.0, route=Route.IV, duration_h=0.5)]
    drops = [
        Dose(start_h=(i + 0.5) * 0.5 / 400, amount=1.0 / 400, route=Route.IV) for i in range(400)
    ]
    one, many = (blockade_curve(compound("naloxone"), d, times).fraction for d in (drip, drops))
    assert one == pytest.approx(many, abs=2e-4)
    drawn = blockade_curve(
        compound("naloxone"), drip, times, band="persons", people=5, stream=Stream(1, "x")
    )
    assert drawn.draws.shape == (5, 4)


def test_a_tablet_cannot_last():
    tablet = Dose(start_h=0.0, amount=50.0, route=Route.ORAL, duration_h=1.0)
    with pytest.raises(InputError, match="cannot last"):
        blockade_curve(NALTREXONE, [tablet], TIMES)

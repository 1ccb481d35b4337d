from dataclasses import replace

import numpy as np
import pytest

from crossblock.domain.dose import Dose, Route
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.scans import scan_fit
from crossblock.load.compound import compound

NALTREXONE = compound("naltrexone")


def test_the_misfit_of_the_naltrexone_model_is_stated():
    fit = scan_fit(NALTREXONE)
    assert len(fit.points) == 12
    assert 100 * fit.rmse == pytest.approx(5.8, abs=0.05)  # the research note's fit
    assert "5.8 points" in fit.sentence
    assert np.sqrt(np.mean([p.misfit**2 for p in fit.points])) == pytest.approx(fit.rmse)


def test_a_relative_scan_is_put_on_the_curve_by_its_reference():
    late = next(p for p in scan_fit(NALTREXONE).points if p.scan.time_h == 72)
    tablet = [Dose(start_h=0, amount=50, route=Route.ORAL)]
    one, three_days = blockade_curve(NALTREXONE, tablet, [1.0, 72.0]).fraction
    assert late.absolute == pytest.approx(late.measured * one)
    assert late.modeled == pytest.approx(three_days / one)


def test_the_naloxone_scans_follow_the_mass_action_model():
    fit = scan_fit(compound("naloxone"))
    assert len(fit.points) == 15
    assert fit.rmse < 0.15
    assert all(0 <= p.modeled < 1 for p in fit.points)


def test_scans_of_another_route_say_nothing_of_this_one():
    fit = scan_fit(NALTREXONE, routes={Route.DEPOT})
    assert fit.points == ()
    assert "by this route (im-depot) is known" in fit.sentence
    assert len(scan_fit(NALTREXONE, routes={Route.ORAL}).points) == 12


def test_a_compound_without_scans_says_so():
    fit = scan_fit(replace(NALTREXONE, scans=()))
    assert np.isnan(fit.rmse)
    assert fit.sentence.startswith("No human scan")

import numpy as np
import pytest

from crossblock.domain.dose import Dose, Route
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.selectivity import selectivity
from crossblock.load.compound import compound

NALTREXONE = compound("naltrexone")
TIMES = np.linspace(0.0, 24.0, 200)


def panel(mg):
    return selectivity(NALTREXONE, [Dose(start_h=0, amount=mg, route=Route.ORAL)], TIMES)


def test_the_panel_runs_from_strongest_to_weakest():
    assert list(panel(50).curves) == [ReceptorId.MU, ReceptorId.KAPPA, ReceptorId.DELTA]


def test_two_opioid_receptors_blocked_is_opioid_and_not_mu():
    found = panel(50)
    assert found.touched == (ReceptorId.MU, ReceptorId.KAPPA)
    assert found.claim == "opioid receptors (mu, kappa), not one of them"


def test_a_small_dose_touches_one_receptor_and_none_touches_none():
    assert panel(1.5).claim == "mu-opioid receptor"
    assert panel(0.0).claim.startswith("no receptor")


def test_daily_delta_blockade_lies_in_the_measured_range():
    doses = [Dose(start_h=24.0 * k, amount=50, route=Route.ORAL) for k in range(30)]
    day = selectivity(NALTREXONE, doses, 24 * 29 + np.linspace(0.01, 24, 500))
    delta = 100 * day.curves[ReceptorId.DELTA].fraction
    # The research note computed 16 (trough) to 24 (peak); Weerts measured 21.1 (SD 14.5).
    assert (delta[-1], delta.max()) == pytest.approx((16, 24), abs=1.0)
    weerts = 100 * NALTREXONE.figure("weerts-delta").parameter.value
    assert (np.abs(delta - weerts) < 14.5).all()

import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.core.streams import Stream
from crossblock.domain.dose import Dose, Route
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.coverage import coverage
from crossblock.exposure.dosing import dose_curve, dose_for, dose_table, lead_for
from crossblock.load.compound import compound

NALTREXONE, NALOXONE = compound("naltrexone"), compound("naloxone")
TABLET = Dose(start_h=0.0, amount=50.0, route=Route.ORAL)
WINDOW = (0.75, 0.75 + 2 / 3)
PEOPLE = Stream(9, "dosing")


def test_the_dose_that_is_found_gives_the_blockade_that_was_wanted():
    answer = dose_for(NALTREXONE, 0.9, WINDOW, route=Route.ORAL)
    dose = Dose(start_h=0.0, amount=answer.typical, route=Route.ORAL)
    curve = blockade_curve(NALTREXONE, [dose], np.linspace(*WINDOW, 200))
    assert curve.fraction.min() == pytest.approx(0.9, abs=1e-9)
    assert answer.for_share is None


def test_the_dose_for_most_people_serves_that_share():
    answer = dose_for(
        NALTREXONE, 0.9, WINDOW, route=Route.ORAL, share=0.8, stream=Stream(3, "people")
    )
    given = Dose(start_h=0.0, amount=answer.for_share, route=Route.ORAL)
    found = coverage(NALTREXONE, [given], WINDOW, wanted=0.9, stream=Stream(3, "people"))
    assert found.share == pytest.approx(0.8, abs=0.002)
    assert answer.for_share > answer.typical


def test_a_model_per_kilogram_answers_per_kilogram():
    answer = dose_for(NALOXONE, 0.9, (0.2, 0.5), route=Route.IV)
    given = Dose(start_h=0.0, amount=answer.typical, route=Route.IV, per_kg=True)
    low = blockade_curve(NALOXONE, [given], np.linspace(0.2, 0.5, 100), weight_kg=95).fraction.min()
    assert answer.per_kg
    assert low == pytest.approx(0.9, abs=1e-6)


def test_the_lead_time_keeps_the_whole_window_covered():
    answer = lead_for(NALTREXONE, TABLET, 0.9, 2 / 3)
    for lead in (answer.shortest_h, answer.longest_h):
        inside = blockade_curve(NALTREXONE, [TABLET], np.linspace(lead, lead + 2 / 3, 100)).fraction
        assert inside.min() == pytest.approx(0.9, abs=1e-6)
    never = lead_for(NALTREXONE, TABLET, 0.95, 2 / 3)
    assert (never.shortest_h, never.longest_h) == (None, None)


def test_the_dose_table_orders_by_dose():
    rows = dose_table(NALTREXONE, [25, 50, 100], route=Route.ORAL)
    assert [r.peak for r in rows] == sorted(r.peak for r in rows)
    assert [r.under_5_percent_h for r in rows] == sorted(r.under_5_percent_h for r in rows)
    none = dose_table(NALTREXONE, [0.0], route=Route.ORAL)[0]
    assert (none.peak, none.under_5_percent_h, none.hours_above[0.9]) == (0.0, 0.0, 0)


@pytest.mark.parametrize(
    ("wanted", "window", "said"),
    [
        (1.0, WINDOW, "between 0 and 1"),
        (0.0, WINDOW, "between 0 and 1"),
        (0.9, (2.0, 1.0), "ends before it starts"),
        (0.9, (0.0, 1.0), "before the blocker can act"),
    ],
)
def test_impossible_wishes_are_refused(wanted, window, said):
    with pytest.raises(InputError, match=said):
        dose_for(NALTREXONE, wanted, window, route=Route.ORAL)


def test_the_dose_curve_passes_through_single_doses_and_holds_its_band():
    curve = dose_curve(
        NALTREXONE, (2.0, 50.0), (4.0, 4.0), route=Route.ORAL, when="at 4 h", stream=PEOPLE
    )
    for amount, typical in zip(curve.amount, curve.typical):
        dose = Dose(start_h=0.0, amount=float(amount), route=Route.ORAL)
        assert typical == pytest.approx(blockade_curve(NALTREXONE, [dose], [4.0]).fraction[0])
    assert (curve.low < curve.typical).all()
    assert (curve.typical < curve.high).all()

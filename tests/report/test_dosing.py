import math

import pytest

from crossblock.domain.dose import Dose, Route
from crossblock.report import dosing


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0.0, "0 min"),
        (0.75, "45 min"),
        (17 / 12, "85 min"),
        (0.2686, "16 min"),
        (1.0, "1 h"),
        (3.9147, "3.9 h"),
        (43.713, "43.7 h"),
        (72.0, "3 days"),
        (256.14, "10.7 days"),
        (1000.0, "42 days"),
        (math.inf, "no end"),
    ],
)
def test_times_are_said_as_people_say_them(hours: float, said: str) -> None:
    assert dosing.clock(hours) == said


def test_bands_of_days_say_an_open_end_in_words() -> None:
    assert dosing.day_band((9.145, 6.19, 12.3)) == "9.1 days (6.2 to 12)"
    assert dosing.day_band((39.9, 10.3, math.inf)) == "40 days (10 to no upper end)"
    assert dosing.day_band((13.3, 13.3, 13.3)) == "13.3 days"


def test_doses_are_counted_and_named_by_route() -> None:
    tablet = Dose(start_h=0.0, amount=50.0, route=Route.ORAL)
    depot = Dose(start_h=0.0, amount=380.0, route=Route.DEPOT)
    assert dosing.given([tablet], "naltrexone") == "50 mg of naltrexone by mouth"
    assert dosing.given([tablet, tablet, depot], "naltrexone") == (
        "2 doses of 50 mg of naltrexone by mouth and 380 mg of naltrexone as a depot injection"
    )


def test_small_doses_change_the_unit_and_computed_ones_keep_two_digits() -> None:
    assert dosing.amount(0.0057, per_kg=True) == "5.7 µg/kg"
    assert dosing.planned(60.58, per_kg=False) == "61 mg"
    assert dosing.planned(150.6, per_kg=False) == "150 mg"


def test_a_span_without_end_is_not_cut() -> None:
    assert dosing.span(0.5, 2.0) == "from 30 min to 2 h"
    assert "without an end" in dosing.span(0.5, math.inf)

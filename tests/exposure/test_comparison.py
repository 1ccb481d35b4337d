import pytest

from crossblock.core.streams import Stream
from crossblock.domain.dose import Dose, Route
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.comparison import NEEDS, compare_planners
from crossblock.exposure.peer import OralPeer
from crossblock.load.compound import compound

COMPOUNDS = {name: compound(name) for name in NEEDS}


@pytest.fixture(scope="module")
def both():
    return compare_planners(COMPOUNDS, stream=Stream(1, "comparison"))


def number(both, words):
    return next(n for n in (*both.oral_numbers, *both.iv_numbers) if n.what.startswith(words))


def test_theirs_are_the_published_defaults(both):
    # pharmacology.md, section 4
    assert round(number(both, "mu blocked by 50 mg, 4 h").theirs, 2) == 89.94
    assert round(number(both, "dose for 90 %").theirs, 2) == 50.34
    assert round(number(both, "dose for 95 %").theirs, 1) == 106.3
    assert round(number(both, "peak after 0.4 mg").theirs, 1) == 86.2
    assert round(number(both, "peak after 0.1 mg/kg").theirs, 1) == 118.1
    assert round(number(both, "last minute above 90 %, 0.1").theirs, 1) == 76.2


def test_ours_are_what_every_other_page_computes(both):
    tablet = [Dose(start_h=0.0, amount=50.0, route=Route.ORAL)]
    day = 100 * blockade_curve(COMPOUNDS["naltrexone"], tablet, [24.0]).fraction[0]
    assert number(both, "mu blocked by 50 mg, 24 h").ours == pytest.approx(day)
    assert number(both, "mu blocked by 50 mg, 24 h").theirs is None


def test_daily_doses_add_up_in_ours_only(both):
    daily = number(both, "delta blocked on 50 mg a day")
    assert daily.ours > 1.4 * daily.theirs
    assert daily.ours == pytest.approx(16, abs=0.5)  # pharmacology.md, section 4: 16 % trough


def test_other_constants_of_the_other_planner_may_be_set():
    found = compare_planners(COMPOUNDS, oral=OralPeer(ED50_mg=10.0), stream=Stream(1, "x"))
    assert number(found, "dose for 90 %").theirs == pytest.approx(90.0)


def test_four_defects_and_what_the_other_planner_does_better(both):
    assert len(both.defects) == 4
    assert all(d.why and d.theirs != d.ours for d in both.defects)
    assert both.better

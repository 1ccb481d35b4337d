import math

import numpy as np
import pytest

from crossblock.core.errors import CatalogError, InputError
from crossblock.core.quantity import parse
from crossblock.core.streams import Stream
from crossblock.domain.dose import Dose, Route
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.planner import Wish, blocked_condition, can_plan, plan_blockade
from crossblock.load.compound import compound
from crossblock.load.protocol import read

PEOPLE = Stream(20261121, "between persons")
WILLIAMS = read("williams-2018")
COMPOUNDS = {c: compound(c) for c in WILLIAMS.compound_ids}


@pytest.fixture(scope="module")
def plan():
    return plan_blockade(WILLIAMS, COMPOUNDS, stream=PEOPLE)


def test_the_window_is_the_infusion_unless_another_is_wanted(plan):
    assert plan.coverage.window_h == pytest.approx((0.75, 0.75 + 2 / 3))
    assert plan.window_words == "while ketamine runs in"
    other = plan_blockade(WILLIAMS, COMPOUNDS, Wish(wanted=0.8, window_h=(1.0, 2.0)), stream=PEOPLE)
    assert other.coverage.window_h == (1.0, 2.0)
    assert other.coverage.lowest > 0.8


def test_blockade_in_the_window_is_that_of_the_reference_table(plan):
    # pharmacology.md, section 2: 88.1 % at 45 min, 89.9 % at 85 min; 90 % from 1.5 to 3.9 h only
    assert 100 * plan.coverage.lowest == pytest.approx(88.1, abs=0.1)
    (above,) = plan.coverage.above[0.9]
    assert above.start_h == pytest.approx(1.5, abs=0.05)
    assert above.stop_h == pytest.approx(3.9, abs=0.05)


def test_the_planned_dose_keeps_what_was_wanted(plan):
    dose = [Dose(start_h=0.0, amount=plan.dose.typical, route=Route.ORAL)]
    inside = np.linspace(*plan.coverage.window_h, 50)
    found = blockade_curve(COMPOUNDS["naltrexone"], dose, inside).fraction
    assert found.min() == pytest.approx(0.9, abs=1e-6)


def test_given_the_lead_time_the_dose_keeps_what_was_wanted(plan):
    length = plan.lead.window_length_h
    tablet = [Dose(start_h=0.0, amount=50.0, route=Route.ORAL)]
    for lead in (plan.lead.shortest_h, plan.lead.longest_h):
        inside = np.linspace(lead, lead + length, 50)
        found = blockade_curve(COMPOUNDS["naltrexone"], tablet, inside).fraction
        assert found.min() == pytest.approx(0.9, abs=1e-5)


def test_bands_hold_their_curves(plan):
    for curve in (*plan.curves.values(), plan.left):
        assert (curve.low <= curve.value + 1e-9).all()
        assert (curve.value <= curve.high + 1e-9).all()
    assert plan.shift.dose_ratio[1] < plan.shift.dose_ratio[0] < plan.shift.dose_ratio[2]


def test_the_shift_is_schilds(plan):
    s = plan.shift
    again = np.interp(s.level, s.level * s.dose_ratio[0], s.alone)
    inside = s.level > s.level[0] * s.dose_ratio[0]
    assert again[inside] == pytest.approx(s.blocked[inside], abs=2e-3)
    mu = next(h for h in s.own if h.receptor is ReceptorId.MU)
    assert mu.blocked < mu.alone / 5


def test_the_wait_is_a_band_with_an_open_end(plan):
    assert plan.washout.residual_effect == plan.washout.residual_blockade == 0.10
    assert math.isinf(plan.washout.both_d[2])
    assert plan.illustrative.decay.assumed
    left = {c.days: c.effect for c in plan.washout.candidates}
    # pharmacology.md, section 7: with a 12-day half-life 30 % at 21 d and 18 % at 30 d
    assert left[21.0][0] == pytest.approx(0.30, abs=0.005)
    assert left[30.0][0] == pytest.approx(0.18, abs=0.005)


def test_the_dose_table_holds_scanned_doses_and_multiples_of_the_own(plan):
    assert [r.amount for r in plan.table] == [2, 5, 15, 25, 50, 100, 150]


def test_every_amber_number_has_its_reason(plan):
    assert set(plan.amber) == {"ka = 2 1/h (assumed)"}
    assert "no human PET earlier than 1 h" in plan.amber["ka = 2 1/h (assumed)"]
    assert all(not r.text.startswith("Assumed") for r in plan.references)


def test_a_window_before_the_blocker_acts_is_answered_in_words():
    found = plan_blockade(WILLIAMS, COMPOUNDS, Wish(window_h=(0.0, 0.5)), stream=PEOPLE)
    assert found.dose is None
    assert any("no dose will do" in s for s in found.open)


def test_repeated_doses_have_no_single_lead_time_or_dose():
    again = WILLIAMS.administration("naltrexone").model_copy(
        update={"repeat": _thrice()}, deep=True
    )
    others = [a for a in WILLIAMS.administrations if a.id != "naltrexone"]
    daily = WILLIAMS.model_copy(update={"administrations": (again, *others)})
    found = plan_blockade(daily, COMPOUNDS, stream=PEOPLE)
    assert len(found.doses) == 3
    assert found.lead is None
    assert found.dose is None
    assert any("not for a schedule" in s for s in found.open)


def _thrice():
    from_file = {"every": {"value": "1 d", "confidence": "assumed", "note": "made up"},
                 "count": {"value": 3, "confidence": "assumed", "note": "made up"}}  # fmt: skip
    return (
        type(WILLIAMS.administration("naltrexone"))
        .model_fields["repeat"]
        .annotation.__args__[0]
        .model_validate(from_file)
    )


def test_without_a_blocker_or_its_model_nothing_is_planned():
    nimh = read("nimh-ketamine-saline")
    assert blocked_condition(nimh) is None
    assert not can_plan(nimh, {c: compound(c) for c in nimh.compound_ids})
    with pytest.raises(InputError, match="gives no blocker"):
        plan_blockade(nimh, {}, stream=PEOPLE)
    krystal = read("krystal-1999")
    known = {c: compound(c) for c in krystal.compound_ids}
    assert not can_plan(krystal, known)
    with pytest.raises(CatalogError, match="no blockade model"):
        plan_blockade(krystal, known, stream=PEOPLE)


def shot(compound_id, amount, route, **more):
    """Return williams-2018 with its blocker given otherwise."""
    given = WILLIAMS.administration("naltrexone")
    quantity = parse(amount, dimension="dose")
    changed = given.model_copy(
        update={
            "compound": compound_id,
            "dose": given.dose.model_copy(update={"value": quantity}),
            "route": given.route.model_copy(update={"value": route}),
            **more,
        }
    )
    others = [a for a in WILLIAMS.administrations if a.id != "naltrexone"]
    return WILLIAMS.model_copy(update={"administrations": (changed, *others)})


def test_without_a_known_spread_no_share_of_people_is_invented():
    known = {c: compound(c) for c in ("naloxone", "ketamine")}
    found = plan_blockade(shot("naloxone", "0.1 mg/kg", Route.IV), known, stream=PEOPLE)
    assert found.coverage.share is None
    assert found.dose.for_share is None
    assert all(c.low is None and c.high is None for c in found.curves.values())
    assert found.dose.per_kg
    assert any("no spread between persons" in w for w in found.warnings)


def test_a_dose_of_nothing_is_planned_and_blocks_nothing():
    found = plan_blockade(shot("naltrexone", "0 mg", Route.ORAL), COMPOUNDS, stream=PEOPLE)
    assert found.coverage.peak == 0.0
    assert found.shift.dose_ratio[0] == 1.0
    assert found.lead.shortest_h is None
    assert all(r.amount > 0 for r in found.table)

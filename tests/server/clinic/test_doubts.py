"""Doubts: asked where a number is possible but unlikely, silent where it is usual."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossblock.server.clinic.doubts import (
    LB,
    SMALL,
    TENS,
    Before,
    doubts,
    impossible,
    says,
    spelled,
)
from crossblock.server.clinic.house import Contact, House
from crossblock.server.clinic.references import reference

HOUSE = House(name="A", zone="UTC", page_to="a@b.c", crisis=(Contact(who="A", how="1"),))
IV = {"weight": 70.0, "drug": "ketamine", "route": "iv"}


def before(**doses: tuple[float, ...]) -> Before:
    """Return a patient of 70 kg whose past doses (mg/kg) are given as drug_route."""
    past = {tuple(k.split("_")): v for k, v in doses.items()}
    return Before(height=178.0, weight=70.0, doses=past,  # type: ignore[arg-type]
                  reference=lambda drug, route: reference(drug, route, HOUSE))  # fmt: skip


USUAL = before()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "zero"),
        (35, "thirty-five"),
        (350, "three hundred fifty"),
        (1999, "one thousand nine hundred ninety-nine"),
        (37.5, "thirty-seven point five"),
        (0.05, "zero point zero five"),
    ],
)
def test_spelled(value: float, words: str) -> None:
    assert spelled(value) == words


@given(st.integers(0, 9999))
def test_spelled_numbers_can_be_read_back(n: int) -> None:
    value, part = 0, 0
    for word in spelled(n).replace("-", " ").split():
        if word == "thousand":
            value, part = value + part * 1000, 0
        elif word == "hundred":
            part *= 100
        else:
            part += SMALL.index(word) if word in SMALL else 10 * TENS.index(word)
    assert value + part == n


@pytest.mark.parametrize("mg", [20.0, 35.0, 70.0, 100.0])
def test_a_usual_dose_is_not_asked_about(mg: float) -> None:
    assert doubts("dose", IV | {"dose": mg}, USUAL) == {}


@pytest.mark.parametrize("mg", [350.0, 3.5, 105.0, 2000.0])
def test_an_unusual_dose_is_spelled_out(mg: float) -> None:
    asked = doubts("dose", IV | {"dose": mg}, USUAL)["dose"]
    assert spelled(mg) in asked
    assert f"{mg / 70:.2f} mg/kg" in asked


def test_a_dose_is_measured_against_its_own_drug_and_route() -> None:
    nasal = {"weight": 70.0, "drug": "esketamine", "route": "nasal"}
    after_nasal = before(esketamine_nasal=(4.0, 4.0, 4.0))
    assert "10 times 0.5 mg/kg" in doubts("dose", IV | {"dose": 350.0}, after_nasal)["dose"]
    assert doubts("dose", IV | {"dose": 35.0}, after_nasal) == {}
    for mg in (28.0, 56.0, 84.0):
        assert doubts("dose", nasal | {"dose": mg}, USUAL) == {}
    asked = doubts("dose", nasal | {"dose": 280.0}, USUAL)["dose"]
    assert "two hundred eighty milligrams" in asked
    assert "3.33 times 84 mg" in asked
    assert "label doses 56 or 84 mg, from memory, assumed" in asked
    assert "dose" in doubts("dose", nasal | {"dose": 112.0}, USUAL)


@pytest.mark.parametrize("drug", ["ketamine", "esketamine"])
@pytest.mark.parametrize("route", ["iv", "im", "sc", "nasal", "oral"])
def test_ten_times_is_asked_about_by_every_drug_and_route(drug: str, route: str) -> None:
    found = reference(drug, route, HOUSE)
    usual = found.high if found.unit == "mg" else found.high * 70
    typed = {"weight": 70.0, "drug": drug, "route": route}
    assert doubts("dose", typed | {"dose": usual}, USUAL) == {}
    for factor in (0.1, 10.0):
        asked = doubts("dose", typed | {"dose": usual * factor}, USUAL)["dose"]
        assert "assumed" in asked or "clinic.toml" in asked or "catalog" in asked


def test_a_confirmed_slip_does_not_become_the_usual_dose() -> None:
    slip = before(ketamine_iv=(5.0,))
    assert doubts("dose", IV | {"dose": 35.0}, slip) == {}
    assert "dose" in doubts("dose", IV | {"dose": 350.0}, slip)
    often = before(ketamine_iv=(1.4, 5.0, 1.4, 1.4))
    assert "3.57 times 1.4 mg/kg, this patient's usual dose" in doubts(
        "dose", {"weight": 70.0, "drug": "ketamine", "route": "iv", "dose": 350.0},
        Before(weight=70.0, doses=often.doses),
    )["dose"]  # fmt: skip
    # the reference bounds a patient whose own doses have crept up
    assert (
        "0.5 mg/kg" in doubts("dose", IV | {"dose": 112.0}, before(ketamine_iv=(1.5,) * 9))["dose"]
    )


@pytest.mark.parametrize("kg", [45.0, 62.0, 70.0, 110.0])
def test_pounds_are_noticed_against_the_weight_before(kg: float) -> None:
    before = Before(weight=kg)
    asked = doubts("dose", {"weight": round(kg / LB)}, before)
    assert "weight" not in doubts("dose", {"weight": kg * 1.1}, before)
    assert asked == {} or "pounds" in asked["weight"]
    assert "pounds" in doubts("dose", {"weight": float(round(kg / LB))}, before)["weight"]


def test_pounds_are_noticed_without_a_weight_before() -> None:
    assert "pounds" in doubts("diagnosis", {"weight": 190.0}, Before())["weight"]
    assert "pounds" in doubts("diagnosis", {"weight": 155.0}, Before(height=165.0))["weight"]
    assert doubts("diagnosis", {"weight": 80.0}, Before(height=178.0)) == {}


def test_the_height_in_hand_counts() -> None:
    typed = {"height": 172.0, "weight": 154.0}
    asked = doubts("diagnosis", typed, Before())["weight"]
    assert "body mass index 52" in asked
    assert "69.9 kg" in asked
    assert doubts("diagnosis", {"height": 172.0, "weight": 70.0}, Before()) == {}
    assert "weight" in doubts("diagnosis", {"height": 178.0, "weight": 40.0}, Before())


def test_a_slip_at_intake_is_asked_about_at_the_dose() -> None:
    slip = Before(height=172.0, weight=154.0)
    assert "pounds" in doubts("dose", {"weight": 154.0}, slip)["weight"]
    sure = Before(height=172.0, weight=154.0, confirmed=(154.0,))
    assert doubts("dose", {"weight": 152.0}, sure) == {}


def test_pressures_the_wrong_way_round_are_impossible() -> None:
    assert "diastolic" in impossible("session-vitals", {"systolic": 70.0, "diastolic": 110.0})
    assert impossible("session-vitals", {"systolic": 120.0, "diastolic": 80.0}) == {}


def test_a_plan_says_something_and_is_reviewed_within_months() -> None:
    plan = {"schedule": "weekly, then every second week", "stop": "x", "review": "2099-01-01"}
    faults = impossible("plan", plan, date(2027, 5, 1))
    assert set(faults) == {"stop", "review"}
    assert "2027-05-01" in faults["review"]
    well = plan | {"stop": "no response after six sessions", "review": "2027-04-30"}
    assert impossible("plan", well, date(2027, 5, 1)) == {}
    assert not says("x x x")
    assert not says("...... ......")

"""Doubts: asked where a number is possible but unlikely, silent where it is usual."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossblock.server.clinic.doubts import LB, SMALL, TENS, Before, doubts, impossible, spelled

USUAL = Before(height=178.0, weight=70.0, usual_mg_per_kg=0.5)
IV = {"weight": 70.0, "route": "iv"}


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


def test_a_swallowed_dose_is_asked_about_only_when_huge() -> None:
    assert doubts("dose", {"weight": 70.0, "route": "oral", "dose": 150.0}, USUAL) == {}
    assert "dose" in doubts("dose", {"weight": 70.0, "route": "oral", "dose": 1500.0}, USUAL)


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


def test_pressures_the_wrong_way_round_are_impossible() -> None:
    assert "diastolic" in impossible("session-vitals", {"systolic": 70.0, "diastolic": 110.0})
    assert impossible("session-vitals", {"systolic": 120.0, "diastolic": 80.0}) == {}

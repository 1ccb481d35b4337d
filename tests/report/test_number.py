"""Numbers as people read them."""

import math

from hypothesis import given
from hypothesis import strategies as st

from crossblock.domain.result import Estimate
from crossblock.report import number


def test_minus_is_a_real_minus() -> None:
    assert number.fixed(-6.75, 1) == "\u22126.8"
    assert number.signed(6.75, 1) == "+6.8"
    assert number.fixed(-0.04, 1) == "0.0"


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_fixed_keeps_the_number_and_never_writes_a_hyphen(x: float, digits: int) -> None:
    text = number.fixed(x, digits)
    assert "-" not in text
    assert math.isclose(float(text.replace("\u2212", "-")), round(x, digits), abs_tol=10**-digits)


def test_percent_has_a_thin_space() -> None:
    assert number.percent(0.881) == "88\u202f%"


def test_short_keeps_three_digits() -> None:
    assert [number.short(x) for x in (0, 12, 0.9, 1234.5, -32)] == [
        "0", "12", "0.9", "1234", "\u221232",
    ]  # fmt: skip


def test_unbounded_sides_are_said_never_cut() -> None:
    assert number.bounds(-math.inf, math.inf) == "unbounded on both sides"
    assert number.bounds(-math.inf, 1.25) == "unbounded below, up to 1.2"
    assert number.bounds(-0.5, math.inf) == "\u22120.5 and up, unbounded above"
    assert number.bounds(-10.88, -2.62) == "\u221210.9 to \u22122.6"


def test_an_estimate_comes_with_its_interval_and_level() -> None:
    e = Estimate(label="", value=-6.75, lower=-10.88, upper=-2.62, level=0.9)
    assert number.with_interval(e) == "\u22126.8 (\u221210.9 to \u22122.6)"
    assert number.level(e) == "90\u202f% interval"


def test_degrees_of_freedom() -> None:
    assert [number.freedom(x) for x in (22.0, 24.37, math.inf, None)] == [
        "22", "24.4", "infinite", "",
    ]  # fmt: skip


def test_small_words() -> None:
    assert number.of(18, 24) == "18 of 24 people"
    assert number.listed(["a", "b", "c"]) == "a, b and c"
    assert number.listed(["a"]) == "a"
    assert number.probability(0.0004) == "< 0.001"
    assert number.probability(0.0026) == "0.003"

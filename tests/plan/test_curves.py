import pytest

from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.plan import designs, numbers
from crossblock.plan.curves import curve, even, simulated, textbook

TWO = designs.candidate("2x2")
RESPONSE = numbers.from_truth(truth(), "hamd17")


def test_power_rises_and_width_falls() -> None:
    points = curve(TWO, RESPONSE, 0.28)
    assert [p.power for p in points] == sorted(p.power for p in points)
    assert [p.width for p in points] == sorted((p.width for p in points), reverse=True)
    assert all(p.n % 2 == 0 and p.simulated is None for p in points)


@pytest.mark.parametrize("fraction", [0.0, 0.28])
def test_simulated_power_is_the_noncentral_t(fraction: float) -> None:
    williams = read("williams-2018")
    made = simulated(williams, truth(), fraction, [12], trials=3000, seed=2, endpoint="hamd17")
    point = next(p for p in curve(TWO, RESPONSE, fraction, simulated=made) if p.n == 12)
    assert point.simulated is not None
    value, se = point.simulated
    # both directions count; the error of the second direction adds at most as much again
    assert value == pytest.approx(point.power, abs=3 * (se + 0.003))


def test_even_and_textbook_leave_out_what_the_closed_form_leaves_out() -> None:
    williams = read("williams-2018")
    assert even(williams).interim is None
    assert even(williams).randomization.method.value == "permuted blocks"
    made = textbook(truth(), 0.3)
    assert (made["floor"], made["dropout_first"], made["fraction"]) == (0.0, 0.0, 0.3)

import pytest

from crossblock.domain.characteristics import Measured
from crossblock.report.power import figure, with_error
from tests.report.simulated import found


def test_the_title_is_the_finding_with_its_numbers() -> None:
    drawn = figure(found())
    error = found()[0].group("all").significant.value
    assert f"{100 * error:.1f}" in drawn.title
    assert "among responders only" in drawn.title
    assert len(drawn.table.rows) == 9
    assert "<svg" in drawn.svg


def test_other_truths_are_bars() -> None:
    drawn = figure(found("icc=0.2,0.8", "fraction=0"))
    assert "icc 0.2, all completers" in drawn.svg.replace("\u202f", " ")


@pytest.mark.parametrize(
    ("m", "said"),
    [
        (Measured(value=0.268, se=0.0044, n=10_000), "26.8 % ± 0.4"),
        (Measured(value=0.0, se=float("inf"), n=0), "not seen"),
    ],
)
def test_an_error_is_always_said(m: Measured, said: str) -> None:
    assert with_error(m).replace("\u202f", " ") == said

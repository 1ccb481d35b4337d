import math

import pytest

from crossblock.domain.statistic import Kind, impossible, nearest, parse

MADRS = (0.0, 60.0)


def test_words_of_the_column_become_statistics() -> None:
    found = parse("F(1,74)")
    assert found is not None
    assert (found.name, found.kind, found.df) == ("F", Kind.TEST, (1.0, 74.0))
    assert str(found) == "F(1,74)"
    assert parse("sd_of_change").kind is Kind.SPREAD  # type: ignore[union-attr]
    assert parse("means") is None
    assert nearest("means") == "did you mean mean?"


@pytest.mark.parametrize(
    ("word", "value", "n", "why"),
    [
        ("mean", 61.0, 20, "outside the scale"),
        ("mean", -0.1, 20, "outside the scale"),
        ("mean_change", -60.5, 20, "60 points wide"),
        ("sd", 0.0, 20, "everybody was equal"),
        ("sd", -3.0, 20, "everybody was equal"),
        ("sd", 31.0, 20, "at most 30.8"),  # 60/2 sqrt(20/19)
        ("response_rate", 1.2, 20, "between 0 and 1"),
        ("n", 12.5, None, "whole numbers"),
        ("responders", 13, 12, "more responders"),
        ("F", 4.83, 26, "without its degrees of freedom"),
        ("F(1,74)", -1.0, 26, "never negative"),
        ("F(74)", 1.0, 26, "two degrees of freedom"),
        ("p", 1.1, 26, "between 0 and 1"),
        ("correlation", -1.1, 26, "between -1 and 1"),
        ("hazard_ratio", 0.0, 26, "above 0"),
        ("mean", math.nan, 26, "finite"),
    ],
)
def test_what_a_value_cannot_be(word: str, value: float, n: int | None, why: str) -> None:
    statistic = parse(word)
    assert statistic is not None
    assert why in impossible(statistic, value, n, MADRS)


@pytest.mark.parametrize(
    ("word", "value"),
    [("mean", 60.0), ("mean_change", -60.0), ("sd", 30.7), ("F(1,74)", 5.39), ("cohens_d", -0.82)],
)
def test_what_it_can_be(word: str, value: float) -> None:
    statistic = parse(word)
    assert statistic is not None
    assert impossible(statistic, value, 20, MADRS) == ""

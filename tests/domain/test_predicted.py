from dataclasses import replace

import pytest

from crossblock.domain.predicted import Fate, Predicted

POINTS = Predicted(study="a", title="A", label="x", unit="points", middle=5, low=2, high=8)
CHANCE = replace(POINTS, unit="probability", middle=0.04, low=0.0, high=1.0)


@pytest.mark.parametrize(
    ("observed", "fate"),
    [
        (2.0, Fate.INSIDE),
        (8.0, Fate.INSIDE),
        (1.999, Fate.OUTSIDE),
        (8.001, Fate.OUTSIDE),
        (None, Fate.NOT_OBSERVED),
    ],
)
def test_an_interval_holds_what_lies_in_it_ends_included(
    observed: float | None, fate: Fate
) -> None:
    assert replace(POINTS, observed=observed).fate is fate


@pytest.mark.parametrize(
    ("given", "happened", "fate"),
    [
        (0.04, 1.0, Fate.OUTSIDE),
        (0.05, 1.0, Fate.INSIDE),
        (0.04, 0.0, Fate.INSIDE),
        (0.96, 0.0, Fate.OUTSIDE),
    ],
)
def test_a_chance_fails_where_what_happened_had_less_than_5_percent(
    given: float, happened: float, fate: Fate
) -> None:
    assert replace(CHANCE, middle=given, observed=happened).fate is fate

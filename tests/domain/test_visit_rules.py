"""Visits against doses, windows and periods."""

import pytest

from tests.domain.test_consistency import whats

BEYOND = "the visit belongs to a period that does not exist"
OUTSIDE = "the visit's time lies outside its own window"
BASELINE = 'time = "-1 d"\nperiods = [1]'


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (('time = "7 d"', 'time = "-1 min"'), "an outcome visit before the dose"),
        ((BASELINE, 'time = "46 min"\nperiods = [1]'), "a baseline visit after the dose"),
        (
            ('earliest = "20 h"', 'earliest = "25 h"'),
            OUTSIDE,
        ),
        (
            (BASELINE, 'time = "-1 d"\nperiods = [3]'),
            BEYOND,
        ),
        (('time = "7 d"', 'time = "30 d"'), "the visit falls into the next period"),
    ],
)
def test_each_rule(change, what):
    assert whats(change) == [what]


@pytest.mark.parametrize(
    "change",
    [
        (BASELINE, 'time = "45 min"\nperiods = [1]'),
        ('time = "7 d"', 'time = "60 d"\nperiods = [2]'),
        ('time = "7 d"', 'time = "0 min"'),
    ],
)
def test_the_edges_are_allowed(change):
    assert whats(change) == []

"""Conditions give what their cell says; sequences fit their periods; crossovers wash out."""

import pytest

from tests.domain.test_consistency import whats

PLACEBO = 'administrations = ["placebo", "drug"]'
BOTH = 'administrations = ["blocker", "drug"]'


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ((PLACEBO, 'administrations = ["placebo"]'), "the cell does not fit what is given"),
        ((PLACEBO, BOTH), "the cell does not fit what is given"),
        ((BOTH, 'administrations = ["blocker", "dreg"]'), "unknown administration"),
        (('in_place_of = "blocker"', 'in_place_of = "blokker"'), "unknown administration"),
        (
            ('"bo", conditions = ["blocked", "open"]', '"bo", conditions = ["open", "blocked"]'),
            "two sequences give the same conditions in the same order",
        ),
        (('id = "bo"', 'id = "ob"'), "two elements have the same id"),
        (('washout = "30 d"', 'washout = "0 d"'), "the washout is not positive"),
    ],
)
def test_each_rule(change, what):
    assert what in whats(change)


def test_the_drug_starts_at_one_time_in_every_condition():
    later = """[[administrations]]
id = "late"
label = "Ketamine, later"
role = "drug"
compound = "ketamine"
dose = "0.5 mg/kg"
route = "iv"
start = "2 h"

"""
    head = '[[conditions]]\nid = "open"'
    found = whats((head, later + head), (BOTH, 'administrations = ["blocker", "late"]'))
    assert found == ["the drug starts at another time than in the other conditions"]

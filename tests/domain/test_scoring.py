import numpy as np
import pytest

from crossblock.domain.scale import Gate, Item, Missing, MissingRule, RuleKind, Scale
from crossblock.domain.scoring import Sheet, answer_problems, evaluate

A = Item(id="a", number=1, label="First", maximum=4)
B = Item(id="b", number=2, label="Second", maximum=2)
C = Item(id="c", number=3, label="Third", maximum=4)
TOTAL = Scale(id="total", name="Total", minimum=0, maximum=10, of=("a", "b", "c"))
TOP = Scale(id="top", name="Top", minimum=0, maximum=4, rule=RuleKind.MAX, of=("a", "b", "c"))
ROWS = np.array([[4.0, 2.0, 4.0], [4.0, 2.0, 9.0], [2.0, 9.0, 9.0]])
SEEN = np.array([[True, True, True], [True, True, False], [True, False, False]])


def run(rule: MissingRule, most: int = 0):
    sheet = Sheet(items=(A, B, C), scales=(TOTAL, TOP), missing=Missing(rule=rule, most=most))
    value, defined = evaluate(sheet, ROWS, SEEN)
    return value["total"].tolist(), defined["total"].tolist(), defined["top"].tolist()


def test_refuse_gives_no_score():
    assert run(MissingRule.REFUSE) == ([10, 0, 0], [True, False, False], [True, False, False])


def test_zero_counts_the_lowest_answer():
    assert run(MissingRule.ZERO) == ([10, 6, 2], [True, True, True], [True, True, True])


def test_prorate_spreads_the_answered_share_and_stays_in_range():
    total, defined, top = run(MissingRule.PRORATE, most=1)
    assert (total, defined) == ([10, 10, 0], [True, True, False])
    assert top == [True, False, False]  # a maximum cannot be prorated
    total, defined, _ = run(MissingRule.PRORATE, most=2)
    assert (total, defined) == ([10, 10, 5], [True, True, True])


def test_prorate_never_scores_an_empty_form():
    sheet = Sheet(
        items=(A, B, C), scales=(TOTAL,), missing=Missing(rule=MissingRule.PRORATE, most=9)
    )
    _, defined = evaluate(sheet, np.zeros(3), np.zeros(3, dtype=bool))
    assert not defined["total"]


def test_any_leading_shape():
    sheet = Sheet(items=(A, B, C), scales=(TOTAL,), missing=Missing())
    value, _ = evaluate(sheet, np.ones((2, 3, 4, 3)), np.ones((2, 3, 4, 3), dtype=bool))
    assert value["total"].shape == (2, 3, 4)
    assert np.unique(value["total"]).tolist() == [3.0]


@pytest.mark.parametrize("seen", [True, False])
def test_only_answers_that_were_given_are_checked(seen):
    x = np.array([[1.0, 7.0, 1.0], [1.0, 8.0, 1.0]])
    problems = answer_problems((A, B, C), x, np.full(x.shape, seen), "here")
    assert [p.value for p in problems] == (["7"] if seen else [])
    assert not seen or "in 2 ratings" in problems[0].what


def test_an_item_that_was_rightly_not_asked_counts_as_its_lowest_answer():
    first = Item(id="first", number=1, label="First", maximum=1)
    gate = Gate(item="first", at_least=1)
    second = Item(id="second", number=2, label="Second", maximum=1, asked_if=gate)
    third = Item(
        id="third", number=3, label="Third", maximum=1, asked_if=Gate(item="second", at_least=1)
    )
    total = Scale(id="total", name="T", minimum=0, maximum=3, of=("first", "second", "third"))
    sheet = Sheet(items=(first, second, third), scales=(total,), missing=Missing())
    x = np.array([[0, 0, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0]], dtype=float)
    seen = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 0]], dtype=bool)
    value, defined = evaluate(sheet, x, seen)
    assert value["total"].tolist() == [0, 0, 1, 0]
    assert defined["total"].tolist() == [True, False, True, False]

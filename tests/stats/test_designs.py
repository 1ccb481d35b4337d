import pytest

from crossblock.core.errors import InputError
from crossblock.stats.designs import CONSTANTS, balance, constants, williams


@pytest.mark.parametrize("t", range(2, 9))
def test_williams_designs_are_uniform_and_balanced_and_no_larger_than_needed(t):
    names = [f"c{i}" for i in range(t)]
    rows = williams(names)
    found = balance(rows)
    assert len(rows) == (t if t % 2 == 0 else 2 * t)
    assert found.uniform
    assert found.balanced
    assert all(sorted(row) == sorted(names) for row in rows)


def test_an_unbalanced_design_is_seen_as_such():
    latin = [("A", "B", "C"), ("B", "C", "A"), ("C", "A", "B")]
    found = balance(latin)
    assert found.uniform
    assert not found.balanced
    assert found.follows["A", "B"] == 2
    assert found.follows["B", "A"] == 0
    assert not balance([("A", "B", "B"), ("B", "A", "A"), ("A", "A", "B")]).uniform


def test_a_condition_may_follow_itself():
    found = balance([("A", "B", "B"), ("B", "A", "A")])
    assert found.follows["A", "A"] == 1
    assert found.balanced


@pytest.mark.parametrize("names", [["A"], ["A", "A"], []])
def test_refuses_too_few_conditions(names):
    with pytest.raises(InputError, match="two or more different"):
        williams(names)


def test_refuses_ragged_designs():
    with pytest.raises(InputError, match="equal length"):
        balance([("A", "B"), ("A",)])


def test_constants_name_the_known_designs():
    with pytest.raises(InputError, match="no constants"):
        constants("5x5")
    assert constants("2x2x2") is CONSTANTS["2x2"]


@pytest.mark.parametrize("design", CONSTANTS)
def test_both_constants_agree_on_balanced_sequences(design):
    c = CONSTANTS[design]
    n = 12 * c.sequences
    assert c.bkni * sum(1 / 12 for _ in range(c.sequences)) == pytest.approx(c.bk / n)
    assert 0 < c.robust_df(n) <= c.df(n)

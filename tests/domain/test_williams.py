"""Williams designs: each condition once a row and column, each neighbor pair equally often."""

from collections import Counter

import pytest

from crossblock.core.errors import DesignError
from crossblock.domain.williams import williams


@pytest.mark.parametrize("t", range(2, 17))
def test_balanced_for_the_first_carryover(t: int) -> None:
    rows = williams(t)
    assert len(rows) == (t if t % 2 == 0 else 2 * t)
    assert all(sorted(row) == list(range(t)) for row in rows)
    for period in range(t):
        assert set(Counter(row[period] for row in rows).values()) == {len(rows) // t}
    follows = Counter((row[p], row[p + 1]) for row in rows for p in range(t - 1))
    assert len(follows) == t * (t - 1)
    assert set(follows.values()) == {1 if t % 2 == 0 else 2}


def test_two_conditions_are_the_plain_crossover() -> None:
    assert williams(2) == ((0, 1), (1, 0))


@pytest.mark.parametrize("t", [0, 1, 17])
def test_out_of_range(t: int) -> None:
    with pytest.raises(DesignError, match="2 to 16"):
        williams(t)

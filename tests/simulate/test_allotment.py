import numpy as np
import pytest

from crossblock.core.errors import AllocationError
from crossblock.domain.scheme import Scheme, Stratum
from crossblock.domain.source import Sourced
from crossblock.simulate.allotment import _draw, allot


def scheme(method: str, **more: object) -> Scheme:
    return Scheme.model_validate({"method": method, **more})


def test_blocks_keep_every_trial_balanced() -> None:
    sequence, _ = allot(
        scheme("permuted blocks", block_sizes=[4]),
        sequences=2,
        trials=np.arange(50),
        people=20,
        seed=1,
    )
    assert (sequence.sum(axis=1) == 10).all()
    assert (sequence.reshape(50, 5, 4).sum(axis=2) == 2).all()
    assert len({tuple(row) for row in sequence}) > 45


def test_simple_randomization_varies_as_coins_do() -> None:
    sequence, _ = allot(scheme("simple"), sequences=2, trials=np.arange(400), people=30, seed=1)
    counts = sequence.sum(axis=1)
    assert abs(counts.mean() - 15.0) < 4 * np.sqrt(7.5 / 400)
    assert abs(counts.var() - 7.5) < 4 * 7.5 * np.sqrt(2 / 400)


def test_a_trial_is_the_same_alone_and_in_company() -> None:
    plan = scheme("permuted blocks")
    many, _ = allot(plan, sequences=3, trials=np.arange(10), people=12, seed=4)
    one, _ = allot(plan, sequences=3, trials=np.array([7]), people=12, seed=4)
    assert (one[0] == many[7]).all()


def test_strata_are_balanced_within() -> None:
    strata = scheme(
        "permuted blocks", block_sizes=[2], strata=[{"id": "sex", "levels": ["woman", "man"]}]
    )
    sequence, stratum = allot(strata, sequences=2, trials=np.arange(30), people=24, seed=2)
    for level in (0, 1):
        mine = np.where(stratum == level, 2 * sequence - 1, 0).sum(axis=1)
        assert np.abs(mine).max() <= 1
    assert isinstance(strata.strata[0], Stratum)
    assert isinstance(strata.method, Sourced)


def test_running_out_of_words_is_said() -> None:
    draw = _draw(np.array([5], dtype=np.uint64))
    assert draw(4) == 1
    with pytest.raises(AllocationError, match="random words"):
        draw(4)

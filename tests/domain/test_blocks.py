"""Allocation lists keep the ratio in every block, the order within strata, and their entropy."""

import secrets
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossblock.core.errors import AllocationError
from crossblock.domain.blocks import allocation_list, seeded, shuffle, strata
from crossblock.domain.scheme import Scheme, Stratum


def scheme(method: str = "permuted blocks", **more: object) -> Scheme:
    return Scheme.model_validate({"method": method, **more})


@given(
    seed=st.integers(0, 2**32),
    ratio=st.lists(st.integers(1, 3), min_size=2, max_size=4),
    slots=st.integers(1, 40),
)
def test_every_block_holds_the_ratio(seed: int, ratio: list[int], slots: int) -> None:
    plan = scheme(ratio=ratio)
    found = allocation_list(plan, sequences=len(ratio), slots_per_stratum=slots, draw=seeded(seed))
    assert len(found) >= slots
    assert [s.number for s in found] == list(range(1, len(found) + 1))
    for block in {s.block for s in found}:
        members = Counter(s.sequence for s in found if s.block == block)
        times = {members[k] / share for k, share in enumerate(ratio)}
        assert times <= {2.0} or times <= {3.0}


def test_strata_are_independent_lists_in_order() -> None:
    factors = (Stratum(id="site", levels=("a", "b")), Stratum(id="sex", levels=("f", "m")))
    plan = scheme(strata=factors, block_sizes=[4])
    assert strata(plan) == ("a/f", "a/m", "b/f", "b/m")
    found = allocation_list(plan, sequences=2, slots_per_stratum=8, draw=seeded(1))
    for name in strata(plan):
        mine = [s for s in found if s.stratum == name]
        assert [s.place for s in mine] == list(range(1, 9))
        assert Counter(s.sequence for s in mine) == {0: 4, 1: 4}


def test_orders_within_a_block_are_uniform() -> None:
    # Six orders of AABB, 6000 draws: chi-square with 5 df stays under its 99.99 % point, 25.7.
    draw = seeded(5)
    seen = Counter("".join(shuffle(list("AABB"), draw)) for _ in range(6000))
    assert len(seen) == 6
    assert sum((n - 1000) ** 2 / 1000 for n in seen.values()) < 25.7


def test_the_same_entropy_gives_the_same_list_and_real_entropy_does_not() -> None:
    def made(draw: object) -> list[int]:
        found = allocation_list(scheme(), sequences=2, slots_per_stratum=200, draw=draw)  # type: ignore[arg-type]
        return [s.sequence for s in found]

    assert made(seeded(7)) == made(seeded(7))
    assert made(seeded(7)) != made(seeded(8))
    assert made(secrets.randbelow) != made(secrets.randbelow)


def test_other_methods() -> None:
    def sequences(method: str) -> list[int]:
        found = allocation_list(scheme(method), sequences=2, slots_per_stratum=200, draw=seeded(3))
        return [s.sequence for s in found]

    assert Counter(sequences("balanced")) == {0: 100, 1: 100}
    assert sequences("fixed order") == [0] * 200
    assert 60 < sum(sequences("simple")) < 140


@pytest.mark.parametrize(
    ("more", "slots", "words"),
    [
        ({"method": "minimization"}, 4, "minimization"),
        ({"ratio": [1, 1, 1]}, 4, "does not name every sequence"),
        ({"block_sizes": [4, 5]}, 4, "a block size"),
        ({}, 0, "at least one slot"),
    ],
)
def test_what_cannot_be_a_list_is_said(more: dict[str, object], slots: int, words: str) -> None:
    with pytest.raises(AllocationError, match=words):
        allocation_list(
            scheme(**{"method": "permuted blocks", **more}),  # type: ignore[arg-type]
            sequences=2,
            slots_per_stratum=slots,
            draw=seeded(1),
        )

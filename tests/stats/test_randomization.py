import math
from itertools import permutations

import numpy as np
import pytest

from crossblock.core.errors import DesignError, InputError
from crossblock.stats.randomization import allocations_possible, sequence_test, sign_flip_test

HALF = [3.1, -0.4, 2.2, 5.0, 1.1, -1.3, 0.2, -2.4]
SEQUENCE = ["AB", "AB", "AB", "AB", "BA", "BA", "BA", "BA"]
BLOCKS = [1, 1, 2, 2, 1, 1, 2, 2]


def brute(half, sequence, blocks):
    """All distinct relabelings within blocks, one by one."""
    first = sequence[0]
    seen, count, total = set(), 0, 0

    def statistic(labels):
        a = [h for h, s in zip(half, labels, strict=True) if s == first]
        b = [h for h, s in zip(half, labels, strict=True) if s != first]
        return sum(a) / len(a) - sum(b) / len(b)

    observed = abs(statistic(sequence))
    for order in permutations(range(len(half))):
        if any(blocks[i] != blocks[j] for i, j in enumerate(order)):
            continue
        labels = tuple(sequence[j] for j in order)
        if labels in seen:
            continue
        seen.add(labels)
        total += 1
        count += abs(statistic(labels)) >= observed - 1e-9
    return count / total, total


@pytest.mark.parametrize("blocks", [[0] * 8, BLOCKS])
def test_every_allocation_that_could_have_been_dealt_is_counted(blocks):
    p, total = brute(HALF, SEQUENCE, blocks)
    found = sequence_test(HALF, SEQUENCE, blocks=blocks)
    assert found.exact
    assert found.allocations == total
    assert found.p == pytest.approx(p, abs=1e-12)


def test_blocks_restrict_the_list():
    first = np.array([s == "AB" for s in SEQUENCE])
    assert allocations_possible(first, [0] * 8) == math.comb(8, 4)
    assert allocations_possible(first, BLOCKS) == math.comb(4, 2) ** 2


def test_renaming_the_sequences_turns_only_the_sign():
    there = sequence_test(HALF, SEQUENCE)
    back = sequence_test(HALF[::-1], SEQUENCE[::-1])
    assert back.statistic == pytest.approx(-there.statistic)
    assert back.p == there.p
    assert (back.lower, back.upper) == pytest.approx((-there.upper, -there.lower))


def test_the_interval_holds_the_effects_that_are_not_rejected():
    rng = np.random.default_rng(3)
    half = rng.standard_normal(14) + np.repeat([1.0, -1.0], 7)
    labels = ["AB"] * 7 + ["BA"] * 7
    found = sequence_test(half, labels)
    shift = np.repeat([0.5, -0.5], 7)
    inside, outside = found.upper - 0.01, found.upper + 0.01
    assert sequence_test(half - inside * shift, labels).p > 0.05
    assert sequence_test(half - outside * shift, labels).p <= 0.05
    assert found.lower < found.statistic < found.upper


def test_too_few_people_reject_nothing():
    found = sequence_test([3.0, -3.0], ["AB", "BA"])
    assert found.p == 1.0
    assert (found.lower, found.upper) == (-math.inf, math.inf)


def test_many_people_are_drawn_and_the_seed_is_asked_for():
    rng = np.random.default_rng(1)
    half, labels = rng.standard_normal(40), ["AB", "BA"] * 20
    with pytest.raises(InputError, match="random generator"):
        sequence_test(half, labels)
    a = sequence_test(half, labels, rng=np.random.default_rng(7), draws=4_000)
    b = sequence_test(half, labels, rng=np.random.default_rng(7), draws=4_000)
    assert not a.exact
    assert a.p == b.p
    assert 1 / 4_001 <= a.p <= 1
    assert "4,000 random" in a.method.sentence


def test_drawn_and_enumerated_agree():
    exact = sequence_test(HALF, SEQUENCE)
    rng = np.random.default_rng(2)
    rows = np.array([rng.permutation(8) for _ in range(20_000)])
    first = rows < 4
    h = np.array(HALF)
    t = np.where(first, h, 0).sum(1) / 4 - np.where(~first, h, 0).sum(1) / 4
    assert exact.p == pytest.approx((np.abs(t) >= abs(exact.statistic) - 1e-9).mean(), abs=0.015)


def test_sign_flips():
    p, patterns, exact = sign_flip_test([1.0, 2.0, 3.0])
    assert (p, patterns, exact) == (2 / 8, 8, True)
    drawn = sign_flip_test(np.ones(30), rng=np.random.default_rng(0), draws=1_000)
    assert drawn == (1 / 1_001, 1_000, False)
    with pytest.raises(InputError, match="random generator"):
        sign_flip_test(np.ones(30))


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: sequence_test([1.0, 2.0], ["AB", "AB"]), DesignError, "two sequences"),
        (lambda: sequence_test([1.0, 2.0, 3.0], ["A", "B", "C"]), DesignError, "not 3"),
        (lambda: sequence_test([1.0, math.inf], ["A", "B"]), InputError, "finite"),
        (lambda: sequence_test([1.0, 2.0], ["A", "B"], blocks=[1]), InputError, "blocks"),
        (lambda: sign_flip_test([]), InputError, "finite"),
    ],
)
def test_refusals(call, error, says):
    with pytest.raises(error, match=says):
        call()

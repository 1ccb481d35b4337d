"""Exact tests beside a comparison: re-dealt sequences for every score, sign and rank for one item.

An item such as suicidality is ordinal and is part of the total it is reported beside; its overlap
with the total is said.
"""

from __future__ import annotations

import numpy as np

from crossblock.core.errors import CrossblockError
from crossblock.domain.analysis import ExactTest
from crossblock.stats.crossover import TwoPeriods
from crossblock.stats.paired import paired_item
from crossblock.stats.question import Question
from crossblock.stats.randomization import sequence_test

SEED = 20261121  # where the lists are too many to enumerate; fixed, so that a report repeats


def exact_tests(q: Question, pairs: TwoPeriods) -> tuple[ExactTest, ...]:
    """Return the exact tests that these pairs can carry, at the endpoint's own visit.

    None where they cannot: what a test asks for (people in both sequences) may be missing.
    """
    if q.visit != q.endpoint.visit:
        return ()
    done: list[ExactTest] = []
    try:
        done.append(_randomization(pairs))
        if q.endpoint.item is not None:
            done += _item(q, pairs)
    except CrossblockError:
        return tuple(done)
    return tuple(done)


def _randomization(pairs: TwoPeriods) -> ExactTest:
    whole = pairs.complete[0]
    half = ((pairs.first - pairs.second) / 2.0)[0, whole]
    first = pairs.test_first[0, whole]
    order = np.argsort(~first, kind="stable")  # the test-first sequence is named first
    labels = ["test first" if f else "reference first" for f in first[order]]
    found = sequence_test(half[order].tolist(), labels, rng=np.random.default_rng(SEED))
    how = "all" if found.exact else "drawn"
    return ExactTest(
        name="randomization test",
        p=found.p,
        lower=found.lower,
        upper=found.upper,
        sentence=f"Sequences re-dealt as they were randomized ({found.allocations:,} {how}).",
        method=found.method,
    )


def _item(q: Question, pairs: TwoPeriods) -> list[ExactTest]:
    whole = pairs.complete[0]
    test_first = pairs.test_first[0]
    total = (None, None) if q.total is None else _sides(q.total.y[0], test_first)
    if q.total is not None:
        whole = whole & q.total.observed[0].all(axis=-1)
    test, reference = _sides(np.stack([pairs.first[0], pairs.second[0]], axis=-1), test_first)
    found = paired_item(
        q.name,
        test[whole].tolist(),
        reference[whole].tolist(),
        sequence=["test first" if f else "reference first" for f in test_first[whole]],
        total_test=None if total[0] is None else total[0][whole].tolist(),
        total_reference=None if total[1] is None else total[1][whole].tolist(),
        test_first="test first",
    )
    moved = f"{found.up} higher, {found.down} lower, {found.unchanged} unchanged"
    overlap = (
        ""
        if found.share_of_total is None
        else f" The item makes up {100 * found.share_of_total:.0f} % of the total's difference."
    )
    done = [ExactTest(name="sign test", p=found.sign_p, sentence=f"{moved}.{overlap}")]
    if found.by_period is not None:
        done.append(
            ExactTest(
                name="rank-sum test by sequence",
                p=found.by_period.p,
                sentence="Half period differences of the two sequences compared, period-adjusted.",
                method=found.by_period.method,
            )
        )
    return done


def _sides(y: np.ndarray, test_first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (test, reference) of (n, 2) scores in period order."""
    test = np.where(test_first, y[:, 0], y[:, 1])
    return test, np.where(test_first, y[:, 1], y[:, 0])

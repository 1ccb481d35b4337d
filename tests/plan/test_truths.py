import csv
from pathlib import Path

import pytest

from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.plan.curves import even, textbook
from crossblock.plan.truths import repeated

TABLE = Path(__file__).parents[1] / "reference" / "controversy" / "selection.csv"


def test_the_trial_repeated_under_three_truths_is_that_of_the_review() -> None:
    """12 completers, icc 0.5: the review's simulation in R against ours, both with their error."""
    rows = {
        float(r["blockade"]): r
        for r in csv.DictReader(TABLE.open())
        if r["n"] == "12" and r["icc"] == "0.5"
    }
    people = textbook(truth(), 0.0).with_values({"floor": 1.0})
    found = repeated(
        even(read("williams-2018")),
        people,
        (0.0, 0.28, 1.0),
        people=12,
        trials=4000,
        seed=5,
        endpoint="hamd17",
    )
    for t in found:
        row = rows[t.fraction]
        p = float(row["p_all"]) / 100
        spread = 4 * (t.significant_se + (p * (1 - p) / 40_000) ** 0.5)
        # the review tests plain pairs (df 11), the protocol adjusts for period (df 10)
        assert t.significant == pytest.approx(p, abs=spread + 0.012)
        assert t.responders_only is not None
        assert t.low < t.mean < t.high
    assert found[0].responders_only is not None
    assert found[0].responders_only > 3 * found[0].significant

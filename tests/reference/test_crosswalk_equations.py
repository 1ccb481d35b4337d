"""The table of the catalog against printed linear equations from another sample.

The equations are read from tests/reference/crosswalk; see PROVENANCE.md there. Agreement is asked
within one standard error of the conversion, over the scores at which the table has closed rows.
"""

import csv
from math import hypot
from pathlib import Path

import pytest

from crossblock.load import crosswalk as load

FOLDER = Path(__file__).parent / "crosswalk"
WALK = load.read("qids-ids-hamd17")


def equations() -> list[dict[str, str]]:
    with (FOLDER / "equations.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", equations(), ids=lambda r: f"{r['source']}-to-{r['target']}")
def test_the_table_agrees_with_the_equations(row):
    source, target, se = row["source"], row["target"], float(row["se"])
    # The first row of IDS-SR30 and the last of all three are open-ended spans of the table.
    first = WALK.rows[1][source][0]
    last = min(float(row["observed_high"]), WALK.rows[-2][source][1])
    scores = [float(s) for s in range(int(first), int(last) + 1)]
    apart = [
        float(row["intercept"]) + float(row["slope"]) * s - WALK.convert(s, source, target).value
        for s in scores
    ]
    # Both measurements err: the printed errors, the source's carried over by the printed slope.
    error = hypot(se, float(row["slope"]) * WALK.error[source])
    assert len(scores) > 30
    assert max(abs(d) for d in apart) < error
    assert abs(sum(apart) / len(apart)) < error / 4


def test_the_errors_of_the_catalog_are_the_printed_ones():
    assert {r["target"]: float(r["se"]) for r in equations()} == {
        k: v for k, v in WALK.error.items() if k != "qids-sr16"
    }

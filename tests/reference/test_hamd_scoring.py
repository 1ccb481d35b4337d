"""HAM-D17 and HAM-D6 scores, response, remission and bands of the reference case hamd_scoring.

Expected numbers are read from tests/reference/cases; see its PROVENANCE.md.
"""

import csv
from pathlib import Path

import pytest

from crossblock.load import instrument as load

CASES = Path(__file__).parent / "cases"
HAMD17, HAMD6 = load.read("hamd17"), load.read("hamd6")
BANDS = [band.name for band in HAMD17.scale().bands]


def answers() -> dict[str, dict[str, float]]:
    with (CASES / "hamd_scoring" / "data.csv").open(newline="") as file:
        return {r.pop("id"): {k: float(v) for k, v in r.items()} for r in csv.DictReader(file)}


def expected() -> list[tuple[str, float, float]]:
    with (CASES / "index.csv").open(newline="") as file:
        rows = [list(r.values()) for r in csv.DictReader(file)]
    return [(r[3], float(r[4]), float(r[5])) for r in rows if r[0] == "hamd_scoring"]


def compute(label: str) -> float:
    people = answers()
    if "->" in label:
        before, after = label.split()[-1].split("->")
        b, a = HAMD17.score(people[before]).total, HAMD17.score(people[after]).total
        assert a is not None
        assert b is not None
        return {
            "response": float(HAMD17.responded(b, a)),
            "remission": float(HAMD17.remitted(a)),
            "percent reduction": 100 * HAMD17.reduction(b, a),
        }[label.rsplit(" ", 1)[0]]
    who = label.split()[-1]
    if label.startswith("severity band"):
        return float(BANDS.index(HAMD17.score(people[who]).band))
    if label.startswith("HAM-D-6"):
        core = {i.id: people[who][i.id] for i in HAMD6.items}
        total = HAMD6.score(core).total
        assert total == HAMD17.score(people[who]).subscales["hamd6"]
    else:
        total = HAMD17.score(people[who]).total
    assert total is not None
    return total


@pytest.mark.parametrize(("label", "value", "tolerance"), expected())
def test_hamd_scoring(label, value, tolerance):
    assert compute(label) == pytest.approx(value, abs=tolerance)


def test_the_case_is_whole():
    assert len(expected()) == 16

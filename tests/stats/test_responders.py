import csv
import math
from pathlib import Path

import numpy as np
import pytest

from crossblock.stats.responders import Truth, read, simulate

TABLE = Path(__file__).parents[1] / "reference" / "controversy" / "selection.csv"
TRIALS, THEIRS = 10_000, 40_000
# simultaneous over the 17 rows x 2 shares at 99.9 % (normal)
BAND = 4.0


def rows() -> list[dict[str, float]]:
    with TABLE.open(encoding="utf-8") as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


def close(mine: float, theirs_percent: float, floor: float = 0.0005) -> bool:
    """Both are shares with Monte Carlo error; theirs is printed to 0.1 percent."""
    p = theirs_percent / 100.0
    spread = math.sqrt(max(p * (1 - p), floor) * (1 / TRIALS + 1 / THEIRS))
    return abs(mine - p) <= BAND * spread + 0.0005


@pytest.mark.parametrize("row", rows(), ids=lambda r: f"{r['n']:g}-{r['icc']}-{r['blockade']}")
def test_the_controversy_in_numbers(row: dict[str, float]) -> None:
    truth = Truth(n=int(row["n"]), icc=row["icc"], blockade=row["blockade"])
    sessions = simulate(truth, TRIALS, seed=20261121)
    chosen = read(sessions, sessions.responder)
    everyone = read(sessions, np.ones_like(sessions.responder))
    assert chosen.analyzed == pytest.approx(row["responders"], abs=0.12)
    assert close(chosen.significant, row["p_responders"])
    assert close(everyone.significant, row["p_all"])
    assert 100 * chosen.apparent == pytest.approx(row["apparent_responders"], abs=0.8)
    assert 100 * everyone.apparent == pytest.approx(row["apparent_all"], abs=0.8)


def test_a_separate_qualifying_session_restores_the_error_rate() -> None:
    sessions = simulate(Truth(n=30, icc=0.5, blockade=0.0), TRIALS, seed=7)
    reading = read(sessions, sessions.qualified)
    assert abs(reading.significant - 0.025) < BAND * math.sqrt(0.025 * 0.975 / TRIALS)
    assert abs(reading.bias_points) < 0.1
    assert reading.analyzed == pytest.approx(15.8, abs=0.2)


@pytest.mark.parametrize("points", [2.0, 4.0])
def test_expectancy_alone_looks_like_blockade(points: float) -> None:
    sessions = simulate(Truth(n=12, icc=0.5, blockade=0.0, expectancy=points), TRIALS, seed=3)
    everyone = read(sessions, np.ones_like(sessions.responder))
    stated = {2.0: (14.0, 14.0), 4.0: (29.0, 44.0)}[points]  # statistics review, section 3
    assert 100 * everyone.apparent == pytest.approx(stated[0], abs=1.0)
    assert 100 * everyone.significant == pytest.approx(stated[1], abs=2.0)

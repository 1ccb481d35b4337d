"""The textbook generator from a protocol file gives the numbers of the statistics review."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from crossblock.simulate.asked import asked
from crossblock.simulate.characteristics import ALPHA
from crossblock.simulate.gaussian import decay, kept
from crossblock.simulate.reading import read
from crossblock.simulate.rules import one_sided
from crossblock.simulate.trial import simulate
from crossblock.simulate.world import World

TABLE = Path(__file__).parents[1] / "reference" / "controversy" / "selection.csv"
TRIALS, THEIRS, BAND = 4000, 40_000, 4.0


def rows() -> list[dict[str, float]]:
    with TABLE.open(encoding="utf-8") as file:
        found = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
    return [row for row in found if row["n"] == 12 or row["icc"] == 0.5]


def close(mine: float, theirs_percent: float) -> bool:
    p = theirs_percent / 100.0
    spread = math.sqrt(max(p * (1 - p), 0.0005) * (1 / TRIALS + 1 / THEIRS))
    return abs(mine - p) <= BAND * spread + 0.0005


@pytest.mark.parametrize("row", rows(), ids=lambda r: f"{r['n']:g}-{r['icc']}-{r['blockade']}")
def test_section_three_from_a_protocol_file(row: dict[str, float], textbook: object) -> None:
    world: World = textbook(  # type: ignore[operator]
        people=int(row["n"]), icc=row["icc"], fraction=row["blockade"]
    )
    question = asked(world, "hamd17")
    made = simulate(world, np.arange(TRIALS), seed=20261121)
    found = read(world, question, made, np.zeros(2, dtype=bool))
    for group, wanted in (("responders", row["p_responders"]), ("all", row["p_all"])):
        share = (one_sided(found, f"{group}_paired_", 1.0) <= ALPHA / 2).mean()
        assert close(float(share), wanted), (group, share, wanted)
    assert found["responders_n"].mean() == pytest.approx(row["responders"], abs=0.15)


def test_cells_keep_what_the_truth_says(textbook: object) -> None:
    world: World = textbook(fraction=0.28, specific=0.6)  # type: ignore[operator]
    shares = [kept(world.truth, c) for c in ("open", "blocked", "no_drug", "blocker_alone")]
    assert shares == pytest.approx([1.0, 1 - 0.6 * 0.28, 0.4, 0.4])


def test_the_response_halves_with_the_stated_half_life(textbook: object) -> None:
    world: World = textbook(decay_d=6.0)  # type: ignore[operator]
    at = dict(zip(world.protocol.visit_ids, decay(world), strict=True))
    assert at["baseline"] == 0.0
    assert at["d1"] == 1.0
    assert at["d7"] == pytest.approx(0.5)

import dataclasses

import pytest

from crossblock.domain.trial_plan import TrialPlan
from crossblock.load.protocol import read
from crossblock.plan.study import Ask, plan_study
from crossblock.report.plan_pictures import (
    designs_figure,
    information_figure,
    power_figure,
    truths_figure,
    width_figure,
)


@pytest.fixture(scope="module")
def plan() -> TrialPlan:
    ask = Ask(endpoint="hamd17", trials=250, mechanisms=("h1", "h3a"))
    return plan_study(read("williams-2018"), ask)


def test_power_and_width_say_the_size_in_their_title(plan: TrialPlan) -> None:
    two = {s.goal: s.completers for s in plan.sizes if s.design == "2x2"}
    assert f"{two['power 0.8 at 28 % blocked']} completers" in power_figure(plan).title
    width = next(v for k, v in two.items() if "interval" in k)
    assert f"{width} completers" in width_figure(plan).title
    beside = [row[3] for row in power_figure(plan).table.rows if row[3]]
    assert len(beside) == 2  # the simulated points, with their error
    assert all("SE" in b for b in beside)


def test_a_size_beyond_reach_is_said(plan: TrialPlan) -> None:
    none = tuple(dataclasses.replace(s, completers=None) for s in plan.sizes)
    assert power_figure(dataclasses.replace(plan, sizes=none)).title.startswith("No size")


def test_the_matrix_says_cannot_where_a_cell_is_missing(plan: TrialPlan) -> None:
    rows = {r[0]: r[1:] for r in designs_figure(plan).table.rows}
    assert rows["2 × 2, drug with and without blocker"].count("cannot") == 4
    assert rows["Williams, four cells"].count("cannot") == 1
    assert len(rows) == len(plan.scored)


def test_information_bars_stand_in_order(plan: TrialPlan) -> None:
    bits = [float(r[1]) for r in information_figure(plan).table.rows]
    assert bits == sorted(bits, reverse=True)


def test_each_truth_has_its_range(plan: TrialPlan) -> None:
    rows = truths_figure(plan).table.rows
    assert len(rows) == 3
    assert all("SE" in r[2] for r in rows)

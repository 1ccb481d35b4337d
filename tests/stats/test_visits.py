import csv
from collections.abc import Mapping

import numpy as np
import pytest

from crossblock.core.errors import DesignError
from crossblock.domain.result import Estimate
from crossblock.domain.table import AnalysisTable
from crossblock.stats.visits import (
    Baseline,
    Covariance,
    Layout,
    Model,
    fit_visits,
    layout,
    panel,
)
from tests.stats.table import CASES, expected


def read(case: str) -> Layout:
    """Read a long reference file as tables by visit plus the period baseline, then stack them."""
    with (CASES / case / "data.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    people = sorted({r["subject"] for r in rows})
    periods = sorted({int(r["period"]) for r in rows})
    visits = sorted({int(r.get("visit", "1")) for r in rows})
    conditions = tuple(sorted({r["treatment"] for r in rows}))
    sequences = sorted({r["sequence"] for r in rows})
    shape = (1, len(people), len(periods))
    condition = np.full(shape, -1)
    sequence = np.full(shape[:2], -1)
    y = {v: np.zeros(shape) for v in (0, *visits)}
    seen = {v: np.zeros(shape, dtype=bool) for v in (0, *visits)}
    for r in rows:
        i, p = people.index(r["subject"]), periods.index(int(r["period"]))
        condition[0, i, p] = conditions.index(r["treatment"])
        sequence[0, i] = sequences.index(r["sequence"])
        for v, column in ((0, "baseline"), (int(r.get("visit", "1")), "score")):
            if r[column]:
                y[v][0, i, p], seen[v][0, i, p] = float(r[column]), True
    tables = {
        v: AnalysisTable(
            y=y[v],
            observed=seen[v],
            condition=condition,
            sequence=sequence,
            participants=tuple(people),
            conditions=conditions,
            sequences=tuple(sequences),
        )
        for v in y
    }
    names = {v: f"day {v}" for v in visits}
    return layout({names[v]: tables[v] for v in visits}, baseline=tables[0])


def check(fit: Estimate, rows: Mapping[str, tuple[float, float]], names: dict[str, str]) -> None:
    for quantity, attribute in names.items():
        value, tolerance = rows[quantity]
        assert abs(getattr(fit, attribute) - value) <= tolerance, quantity


@pytest.mark.parametrize("case", ["sim_2x2_n26_3visits", "sim_2x2_n26_4visits_missing_dropout"])
def test_repeated_visits_with_period_baselines(case: str) -> None:
    data = read(case)
    rows = expected(case, "REML change ~ treatment*visit")
    fit = fit_visits(data, Model(baseline=Baseline.ADJUSTED, covariance=Covariance.BOUNDED))
    for visit in data.visits:
        found = fit.contrast({f"B:{visit}": 1.0})
        prefix = f"visit {visit} B - A "
        check(
            found,
            rows,
            {prefix + "estimate": "value", prefix + "KR SE": "se", prefix + "KR df": "df"},
        )


def test_the_panel_shows_three_covariances_as_the_statistics_review_found_them() -> None:
    """Estimates 5.25 / 5.25 / 5.03, KR SE 1.10 / 1.28 / 1.38, df 121 / 42 / 24 on one data set."""
    case, effect = "sim_2x2_n26_3visits", "B:day 1"
    rows = {
        r.covariance: r.estimate
        for r in panel(read(case), Model(baseline=Baseline.ADJUSTED), {effect: 1.0})
    }
    prefix = "visit day 1 B - A "
    names = {prefix + "estimate": "value", prefix + "KR SE": "se", prefix + "KR df": "df"}
    un = "MMRM REML change ~ treatment*visit + period*visit + dbase + mbase, covariance unstr"
    cs = "MMRM REML change ~ treatment*visit + period*visit + dbase + mbase, covariance comp"
    for kind, analysis in ((Covariance.CS, cs), (Covariance.UN, un)):
        estimate = rows[str(kind)]
        assert estimate is not None
        check(estimate, expected(f"{case}_mmrm", analysis), names)
    assert rows[str(Covariance.SESSIONS)] is not None
    check(rows[str(Covariance.SESSIONS)], expected(case, "REML change ~ treatment*visit"), names)


@pytest.mark.parametrize("case", ["sim_williams3_n18", "sim_williams4_n16_dropout"])
def test_williams_designs_with_and_without_carryover(case: str) -> None:
    data = read(case)
    for carryover, words in ((False, ""), (True, " adjusted for carryover")):
        model = Model(baseline=Baseline.CHANGE, carryover=carryover, covariance=Covariance.BOUNDED)
        analysis = "REML change ~ treatment + period + " + ("first" if carryover else "(1|")
        rows = expected(case, analysis)
        fit = fit_visits(data, model)
        for condition in data.conditions[1:]:
            prefix = f"{condition} minus A{words} "
            check(
                fit.contrast({condition: 1.0}),
                rows,
                {
                    prefix + "estimate": "value",
                    prefix + "SE (Kenward-Roger adjusted)": "se",
                    prefix + "Kenward-Roger df": "df",
                },
            )


def test_constrained_baseline_agrees_with_adjustment_on_complete_data() -> None:
    """With complete baselines and one visit both adjust for the same baseline difference."""
    data = read("sim_2x2_n12_complete")
    effect = data.conditions[1]
    adjusted = fit_visits(data, Model(baseline=Baseline.ADJUSTED)).contrast({effect: 1.0})
    constrained = fit_visits(
        data, Model(baseline=Baseline.CONSTRAINED, covariance=Covariance.UN)
    ).contrast({effect: 1.0})
    assert constrained.value == pytest.approx(adjusted.value, abs=0.35 * (adjusted.se or 0))
    assert constrained.se == pytest.approx(adjusted.se, rel=0.35)


def test_a_condition_nobody_received_and_no_baseline_are_sentences() -> None:
    data = read("sim_2x2_n12_complete")
    object.__setattr__(data, "conditions", (*data.conditions, "C"))
    with pytest.raises(DesignError, match="never observed"):
        fit_visits(data, Model())
    data = read("sim_2x2_n12_complete")
    object.__setattr__(data, "baseline", np.full_like(data.baseline, np.nan))
    with pytest.raises(DesignError, match="no baseline was rated"):
        fit_visits(data, Model(baseline=Baseline.ADJUSTED))

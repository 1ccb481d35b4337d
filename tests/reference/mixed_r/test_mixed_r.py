"""Mixed models beyond the validation set, against R (see PROVENANCE.md)."""

import csv
from functools import cache
from pathlib import Path

import pytest

from crossblock.domain.result import Outcome
from crossblock.stats.mixed import MixedFit
from crossblock.stats.mixed_formula import fit_formula

HERE = Path(__file__).parent
BELOW = 1e-6  # on -2 log-likelihood
CLOSE = 2e-4  # relative

MODELS: dict[str, dict] = {
    "nested": {
        "formula": "y ~ treatment * C(day) + C(period)",
        "random": ["1 | participant", "1 | participant:period"],
    },
    "slope": {"formula": "y ~ treatment + C(period) + day", "random": ["day | participant"]},
    "crossed": {
        "formula": "y ~ treatment + C(period) + C(day)",
        "random": ["1 | participant", "1 | rater"],
    },
    "treatment": {
        "formula": "y ~ treatment + C(period) + C(day)",
        "random": ["treatment | participant"],
    },
    "participant + ar1": {
        "formula": "y ~ treatment + C(period) + C(day)",
        "random": ["1 | participant"],
        "repeated": "ar1(period:day | participant)",
    },
}


def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


EXPECTED = read("expected.csv")
PAIRS = sorted({(row["set"], row["model"]) for row in EXPECTED})


def reference(number: str, model: str) -> dict[str, float]:
    return {
        row["quantity"]: float(row["value"])
        for row in EXPECTED
        if (row["set"], row["model"]) == (number, model)
    }


@cache
def fitted(number: str, model: str) -> MixedFit:
    rows = [row for row in read("data.csv") if row["set"] == number]
    table = {
        name: [row[name] if name in ("participant", "treatment", "rater") else float(row[name])
               for row in rows]
        for name in rows[0]
    }  # fmt: skip
    if model in MODELS:
        return fit_formula(data=table, **MODELS[model])
    kind, method = model.split()
    return fit_formula(
        "y ~ treatment + C(period) + C(day)",
        table,
        repeated=f"{kind}(period:day | participant)",
        method=method.lower(),
    )


def numbers(m: MixedFit, model: str) -> dict[str, float]:
    L = {"treatment[T.B]": 1.0}
    out = {"estimate": m.contrast(L, df="satterthwaite").value}
    if model not in ("nested", "slope", "crossed", "treatment"):
        return out
    wanted = ":" if model == "nested" else "treatment period"
    rows = [
        [float(i == k) for i in range(len(m.names))]
        for k, name in enumerate(m.names)
        if (":" in name if wanted == ":" else ("treatment" in name or "period" in name))
    ]
    for df in ("satterthwaite", "kr"):
        one, F = m.contrast(L, df=df), m.ftest(rows, df=df)
        out |= {f"{df} se": one.se, f"{df} df": one.df}
        out |= {f"{df} F": F.statistic, f"{df} F df": F.df2}
    return out


@pytest.mark.parametrize(("number", "model"), PAIRS)
def test_our_optimum_is_nowhere_above_that_of_r(number: str, model: str) -> None:
    assert fitted(number, model).deviance <= reference(number, model)["deviance"] + BELOW


@pytest.mark.parametrize(("number", "model"), PAIRS)
def test_numbers_agree_where_r_reached_the_optimum(number: str, model: str) -> None:
    m, expected = fitted(number, model), reference(number, model)
    if expected["deviance"] - m.deviance > BELOW:
        # R stopped above the optimum: the first test has the say; no number is compared.
        assert m.info["decrement"] < 1e-9
        return
    for quantity, value in numbers(m, model).items():
        assert value == pytest.approx(expected[quantity], rel=CLOSE), quantity


def test_r_reached_the_optimum_almost_everywhere() -> None:
    reached = [reference(*pair)["deviance"] - fitted(*pair).deviance < BELOW for pair in PAIRS]
    assert sum(reached) >= len(PAIRS) - 3


def test_singular_fits_are_the_same_ones() -> None:
    for number, model in PAIRS:
        expected = reference(number, model)
        if "singular" in expected:
            bound = fitted(number, model).outcome is Outcome.BOUNDARY
            assert bound == bool(expected["singular"]), (number, model)


@pytest.mark.parametrize("row", read("sas.csv"), ids=lambda row: row["form"])
def test_autoregressive_standard_errors_are_those_of_sas(row: dict[str, str]) -> None:
    """DDFM=KR(LINEAR) leaves the second derivatives of V out, DDFM=KR keeps them."""
    path = HERE.parent / "cases" / "mmrm_fev_sas_un" / "data.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    table = {name: [r[name] for r in rows] for name in ("USUBJID", "AVISIT", "ARMCD")}
    scores = [float(r["FEV1"]) if r["FEV1"] else None for r in rows]
    m = fit_formula(
        "FEV1 ~ ARMCD",
        {**table, "FEV1": scores},
        repeated="ar1(AVISIT | USUBJID)",
        kenward_roger=row["form"],
    )
    se = m.contrast({"ARMCD[T.TRT]": 1.0}).se
    assert abs(se - float(row["se"])) <= float(row["tolerance"])

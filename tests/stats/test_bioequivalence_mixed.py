import csv
from pathlib import Path

import pytest

from crossblock.core.errors import DesignError
from crossblock.stats.bioequivalence import Observation, fixed_effects
from crossblock.stats.bioequivalence_mixed import random_participants

CASES = Path(__file__).parents[1] / "reference" / "cases"
WORDS = {"kr": "Kenward-Roger df", "satterthwaite": "Satterthwaite df", "containment": "nlme"}


def read(case):
    with (CASES / case / "data.csv").open(newline="") as file:
        return [
            Observation(
                participant=r["subject"],
                sequence=r["sequence"],
                period=r["period"],
                treatment=r["treatment"],
                value=float(r["PK"]),
            )
            for r in csv.DictReader(file)
        ]


def numbers(case, words):
    with (CASES / "index.csv").open(newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["case"] == case and words in r["analysis"]]
    return {r["quantity"]: (float(r["expected"]), float(r["tolerance"])) for r in rows}


@pytest.mark.parametrize("df", WORDS)
@pytest.mark.parametrize("case", ["be_ds03_TRT_RTR", "be_ds29_small_n12"])
def test_agrees_with_the_published_analysis(case, df):
    found = random_participants(read(case), df=df)
    expected = numbers(case, WORDS[df])
    for value, name in (
        (found.ratio, "point estimate (%)"),
        (found.lower, "90% CI lower (%)"),
        (found.upper, "90% CI upper (%)"),
    ):
        number, tolerance = expected[name]
        assert 100 * value == pytest.approx(number, abs=tolerance)
    if "df" in expected:
        assert found.df == pytest.approx(expected["df"][0], abs=expected["df"][1])


def test_on_complete_data_both_methods_agree_on_the_ratio():
    data = read("be_ds02_EMA_II_TRR_RTR_RRT")
    assert random_participants(data).ratio == pytest.approx(fixed_effects(data).ratio, rel=1e-6)


def test_the_method_cites_the_guideline():
    found = random_participants(read("be_ds29_small_n12"))
    assert "ema2010" in {r.key for r in found.method.references}
    assert "random effects" in found.method.sentence


def test_refuses_a_single_treatment():
    only = [o for o in read("be_ds29_small_n12") if o.treatment == "R"]
    with pytest.raises(DesignError, match="no observations under T"):
        random_participants(only)

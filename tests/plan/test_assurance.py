import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import nct

from crossblock.core.errors import InputError
from crossblock.load.people import truth
from crossblock.plan import designs, numbers
from crossblock.plan.assurance import assurance, effects, fractions, power
from crossblock.plan.numbers import FractionPrior
from crossblock.stats.power import assurance as closed_form

CASES = Path(__file__).parents[1] / "reference" / "cases"
TWO = designs.candidate("2x2")
EVERYTHING = FractionPrior(a=1e7, b=1e-3, values=())
"""A prior that says: all of it is blocked."""


def expected() -> list[tuple[dict[str, str], float]]:
    rows = list(csv.DictReader((CASES / "assurance_normal_prior" / "data.csv").open()))
    index = csv.DictReader((CASES / "index.csv").open())
    values = [float(r["expected"]) for r in index if r["case"] == "assurance_normal_prior"]
    return list(zip(rows, values, strict=True))


@pytest.mark.parametrize(("row", "value"), expected())
def test_the_closed_form_meets_the_validation_cases(row: dict[str, str], value: float) -> None:
    n, m, s, sd = (float(row[k]) for k in ("n", "prior_mean", "prior_sd", "sd_diff"))
    assert closed_form(n, m, s, sd, critical=1.96) == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize("row", [r for r, _ in expected()])
def test_with_many_people_the_planned_assurance_is_the_closed_form(row: dict[str, str]) -> None:
    """Same z at 100 times the people and 10 times the SD: the t test has become a z test."""
    m, s, sd = (float(row[k]) for k in ("prior_mean", "prior_sd", "sd_diff"))
    n = 100 * int(row["n"])
    wide = numbers.stated("hamd17", drug=m, other=0.0, sd_difference=10 * sd)
    wide = dataclasses.replace(wide, drug_se=s)
    want = closed_form(int(row["n"]), m, s, sd)
    assert assurance(TWO, wide, EVERYTHING, n) == pytest.approx(want, abs=2e-3)


def test_assurance_is_power_averaged_over_draws_of_the_prior() -> None:
    response = numbers.stated("hamd17", drug=5.0, other=1.0, sd_difference=6.0)
    response = dataclasses.replace(response, drug_se=1.3)
    prior = FractionPrior(a=0.7, b=1.8, values=())
    generator = np.random.default_rng(20261121)
    d = generator.normal(5.0, 1.3, 40_000)
    f = generator.beta(0.7, 1.8, 40_000)
    ncp = d * f / (6.0 / np.sqrt(26))
    drawn = nct.sf(nct.isf(0.025, 24, 0.0), 24, ncp)
    se = drawn.std() / np.sqrt(len(drawn))
    assert assurance(TWO, response, prior, 26) == pytest.approx(drawn.mean(), abs=4 * se)


def test_nodes_carry_the_priors() -> None:
    response = dataclasses.replace(numbers.from_truth(truth(), "hamd17"), drug_se=2.0)
    x, w = effects(response)
    assert w.sum() == pytest.approx(1.0)
    assert w @ x == pytest.approx(13.5)
    assert w @ (x - 13.5) ** 2 == pytest.approx(4.0)
    f = fractions(FractionPrior(a=2.0, b=3.0, values=()))
    assert f.mean() == pytest.approx(0.4, abs=0.002)
    assert ((f > 0) & (f < 1)).all()


def test_power_needs_people_and_spread() -> None:
    response = numbers.from_truth(truth(), "hamd17")
    with pytest.raises(InputError, match="no spread to test"):
        power(TWO, response, 0.28, 2)
    with pytest.raises(InputError, match="do not vary between sessions"):
        power(TWO, numbers.stated("hamd17", drug=5.0, other=0.0, sd_difference=0.0), 0.28, 12)

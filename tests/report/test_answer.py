"""The first screen."""

import math
from dataclasses import replace

from crossblock.domain.analysis import FractionAnalysis, StudyAnalysis
from crossblock.domain.blockade import BlockadeFraction, FiellerSet, Form
from crossblock.domain.protocol import Protocol
from crossblock.domain.result import Estimate
from crossblock.report import answer
from crossblock.report.beside import Beside
from crossblock.report.sides import Sides
from tests.report.test_study import as_blockade

SIDES = Sides(test="ketamine", reference="saline")


def fraction(lower: float, upper: float) -> FractionAnalysis:
    e = Estimate(label="share", value=0.41, lower=lower, upper=upper, unit="fraction", n=24)
    found = BlockadeFraction(
        estimate=e,
        form=Form.TWO,
        fieller=FiellerSet(bounded=math.isfinite(lower), lower=lower, upper=upper),
        uninformative=math.isinf(lower),
        open_effect=-13.0,
        blocked_effect=-8.0,
        sensitivity={},
    )
    return FractionAnalysis(
        endpoint="hamd17",
        instrument_name="HAM-D17",
        visit="d1",
        visit_words="Day 1",
        fraction=found,
        assay=e,
    )


def told(protocol: Protocol, analysis: StudyAnalysis) -> str:
    found = answer.answer(protocol, analysis, Beside())
    return " ".join("".join(run.text for run in p) for p in found)


def test_the_share_comes_first_where_there_is_one(
    williams: Protocol, analysis: StudyAnalysis
) -> None:
    study = replace(as_blockade(analysis), fractions=(fraction(0.26, 0.55),))
    assert told(williams, study).startswith(
        "On day 1, naltrexone removed 41\u202f% of the drug’s effect on the HAM-D17; shares from "
        "26\u202f% to 55\u202f% fit these data too (95\u202f% interval)."
    )
    assert answer.tiles(williams, study, Beside())[0].value == "41\u202f%"


def test_an_unbounded_share_is_not_a_number(williams: Protocol, analysis: StudyAnalysis) -> None:
    study = replace(as_blockade(analysis), fractions=(fraction(-math.inf, math.inf),))
    words = told(williams, study)
    assert "cannot say what share of the drug’s effect" in words
    assert "41" not in words.split(".")[0]
    assert answer.tiles(williams, study, Beside())[0].value == "Not known"


def test_people_are_said_to_differ_widely_only_when_they_do(analysis: StudyAnalysis) -> None:
    first = analysis.endpoints[0]
    assert answer.spread_words(first, SIDES).startswith(
        "People differ widely: 18 of 24 rated lower"
    )
    steady = replace(first, primary=replace(first.primary, value=-20.0))
    assert answer.spread_words(steady, SIDES).startswith("People differ: 18 of 24")

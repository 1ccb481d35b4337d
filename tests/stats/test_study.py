import csv
from pathlib import Path

import numpy as np
import pytest

import crossblock as cb
from crossblock.core.errors import DesignError
from crossblock.domain.analysis import StudyAnalysis

EXPECTED = Path(__file__).parents[1] / "reference" / "nimh" / "expected.csv"
NAME = "nimh-ketamine-saline"


def nimh() -> tuple[cb.Protocol, cb.RatingsBatch, object]:
    protocol = cb.read_protocol(NAME)
    return protocol, cb.read_ratings(NAME, protocol), cb.read_open_codelist(NAME, protocol)


@pytest.fixture(scope="module")
def analysis() -> StudyAnalysis:
    protocol, ratings, codes = nimh()
    instruments = {i: cb.read_instrument(i) for i in protocol.instrument_ids}
    return cb.analyze(protocol, cb.derive_study(protocol, ratings, codes), instruments)


@pytest.mark.parametrize(
    "row", list(csv.DictReader(EXPECTED.open(encoding="utf-8"))), ids=lambda r: "-".join(r.values())
)
def test_nimh_numbers(analysis: StudyAnalysis, row: dict[str, str]) -> None:
    endpoint = next(
        e
        for e in analysis.endpoints
        if e.instrument == row["instrument"] and e.visit == row["visit"]
    )
    fit = endpoint.primary if row["analysis"] == "complete pairs" else endpoint.sensitivity[0]
    got = {"estimate": fit.value, "se": fit.se, "df": fit.df, "n": fit.n}[row["quantity"]]
    assert got == pytest.approx(float(row["expected"]), abs=float(row["tolerance"]), rel=0)


def test_flow_counts_people_once(analysis: StudyAnalysis) -> None:
    flow = analysis.flow
    assert flow.enrolled == 33
    assert flow.not_allocated + sum(flow.started.values()) == flow.enrolled
    assert flow.completed == {"ketamine-first": 12, "saline-first": 12}


def test_carryover_is_shown_with_what_it_could_have_seen(analysis: StudyAnalysis) -> None:
    madrs = analysis.endpoints[0]
    assert madrs.carryover is not None
    assert madrs.carryover.statistic is not None
    assert abs(madrs.carryover.statistic) == pytest.approx(0.71, abs=0.01)
    assert madrs.carryover_detectable is not None
    assert madrs.carryover_detectable > 2.8 * (madrs.carryover.se or 0)


def test_every_method_that_ran_is_cited_once(analysis: StudyAnalysis) -> None:
    names = [m.name for m in analysis.methods]
    assert len(names) == len(set(names)) >= 3
    assert all(m.sentence.endswith(".") for m in analysis.methods)


def test_no_ratings_at_the_primary_visit_is_a_sentence() -> None:
    protocol, ratings, codes = nimh()
    object.__setattr__(ratings, "observed", np.zeros_like(ratings.observed))
    instruments = {i: cb.read_instrument(i) for i in protocol.instrument_ids}
    with pytest.raises(DesignError, match="too few complete pairs"):
        cb.analyze(protocol, cb.derive_study(protocol, ratings, codes), instruments)

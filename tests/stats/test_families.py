import pytest

import crossblock as cb
from crossblock.domain.analysis import StudyAnalysis
from tests.stats.blocked import williams
from tests.stats.test_study import nimh


def analysis(**truth: float) -> StudyAnalysis:
    protocol, ratings, codes = williams(**truth)  # type: ignore[arg-type]
    instruments = {i: cb.read_instrument(i) for i in protocol.instrument_ids}
    return cb.analyze(protocol, cb.derive_study(protocol, ratings, codes), instruments)


def test_a_blocked_benefit_beside_an_untouched_dissociation() -> None:
    families = {f.family: f for f in analysis(n=120, removed=0.6, cadss_shift=0.0).families}
    assert families["efficacy"].joint.startswith("reduced")
    assert families["efficacy"].estimate.value > 0  # the score is higher with the blocker
    assert families["dissociation"].joint == "equivalent within the stated margin"
    assert families["dissociation"].margin == 5.0
    assert families["dissociation"].margin_confidence == "assumed"


def test_without_a_margin_nothing_is_equivalent() -> None:
    families = {f.family: f for f in analysis(n=60, removed=0.0).families}
    assert families["efficacy"].joint == "undecided"
    assert families["efficacy"].margin is None


def test_a_raised_score_of_a_raising_family_is_an_increase() -> None:
    families = {f.family: f for f in analysis(n=80, cadss_shift=8.0).families}
    assert families["dissociation"].alone.startswith("increased")


def test_a_study_without_a_blocker_has_no_blocker_verdict() -> None:
    protocol, ratings, codes = nimh()
    instruments = {i: cb.read_instrument(i) for i in protocol.instrument_ids}
    tables = cb.derive_study(protocol, ratings, codes)  # type: ignore[arg-type]
    assert cb.analyze(protocol, tables, instruments).families == ()


@pytest.mark.parametrize("removed", [0.0, 0.6])
def test_the_panel_and_fraction_follow_the_truth(removed: float) -> None:
    found = analysis(n=100, removed=removed, seed=2)
    shares = {f.endpoint: f for f in found.fractions}
    estimate = shares["hamd17"].fraction.estimate
    assert estimate.lower < removed < estimate.upper
    assert shares["hamd17"].assay.upper < 0  # the open condition lowers the score
    assert len(found.panel) == 6
    assert all(r.estimate is not None or r.refused for r in found.panel)

import numpy as np
import pytest

from crossblock.core.errors import CatalogError, RatingsError
from crossblock.domain.fact import Confidence, Fact
from crossblock.domain.instrument import Alert, Cutoff
from crossblock.domain.scale import Missing, MissingRule, Scale
from tests.domain.sample import build

SAMPLE = build()
FULL = {"mood": 3.0, "risk": 1.0, "less": 0.0, "more": 2.0}


def test_score_adds_items_and_lower_scales():
    score = SAMPLE.score(FULL)
    assert (score.total, score.subscales, score.band) == (6.0, {"appetite": 2.0}, "high")
    assert (score.missing, score.notes) == ((), ())


def test_one_of_two_alternatives_is_enough():
    score = SAMPLE.score({"mood": 3, "risk": 1, "more": 2})
    assert score.total == 6.0
    assert (score.missing, score.notes) == ((), ())
    assert SAMPLE.score({"mood": 3, "risk": 1}).missing == ("less", "more")


def test_an_unanswered_item_refuses_the_total_and_says_which():
    score = SAMPLE.score({**FULL, "mood": None})
    assert score.total is None
    assert score.band == ""
    assert score.subscales == {"appetite": 2.0}
    assert "mood" in score.notes[0]


def test_every_wrong_answer_is_named_at_once():
    with pytest.raises(RatingsError) as caught:
        SAMPLE.score({"mood": 5, "risk": 0.5, "less": 0, "more": float("nan")})
    assert [p.where.split(", ")[1] for p in caught.value.problems] == ["mood", "risk", "more"]
    assert all(p.what and p.where and p.why and p.fix for p in caught.value.problems)


def test_an_unknown_item_is_refused():
    with pytest.raises(RatingsError, match="no item mod"):
        SAMPLE.score({**FULL, "mod": 1})


def test_a_reported_total_is_checked_against_the_range():
    assert SAMPLE.score_total(5).band == "high"
    assert SAMPLE.score_total(3, "appetite").subscales == {"appetite": 3}
    assert "not a whole number" in SAMPLE.score_total(4.5).notes[1]
    for wrong in (-1, 10, float("nan"), float("inf")):
        with pytest.raises(RatingsError, match="not a possible score"):
            SAMPLE.score_total(wrong)


def test_arrays_and_single_ratings_agree():
    values = np.array([[3, 1, 0, 2], [4, 2, 3, 3], [0, 0, 0, 0]])
    observed = np.array([[1, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1]], dtype=bool)
    result = SAMPLE.score_array(values, observed)
    assert result.total.tolist() == [6.0, 0.0, 0.0]
    assert result.observed.tolist() == [True, False, True]
    ids = [i.id for i in SAMPLE.scored_items]
    for row, seen, total, ok in zip(values, observed, result.total, result.observed):
        single = SAMPLE.score({k: float(v) if s else None for k, v, s in zip(ids, row, seen)})
        assert single.total == (total if ok else None)


def test_arrays_of_the_wrong_width_are_refused():
    with pytest.raises(RatingsError, match="for 4 items"):
        SAMPLE.score_array(np.zeros((3, 5)))


def test_response_and_remission():
    assert SAMPLE.reduction(8, 2) == 0.75
    assert SAMPLE.responded(8, 4)
    assert not SAMPLE.responded(8, 5)
    assert SAMPLE.remitted(2)
    assert not SAMPLE.remitted(3)
    with pytest.raises(RatingsError, match="baseline above 0"):
        SAMPLE.reduction(0, 0)
    with pytest.raises(RatingsError, match="no response criterion"):
        build(response=None).responded(8, 4)
    with pytest.raises(RatingsError, match="no remission criterion"):
        build(remission=None).remitted(1)


def test_alerts_are_raised_at_their_threshold():
    assert [a.message for a in SAMPLE.raised(FULL)] == ["ask now"]
    assert SAMPLE.raised({**FULL, "risk": 0}) == ()
    assert SAMPLE.suicide_items == ("risk",)


def test_an_unanswered_suicide_item_is_never_silent():
    assert "risk asks about suicide" in SAMPLE.score({"mood": 1}).notes[-1]
    assert SAMPLE.score({**FULL, "risk": 0}).notes == ()


def test_an_alert_may_have_a_ceiling():
    low = Alert(of="mood", at_most=0, action="block", message="look again")
    assert build(alerts=(low,)).raised({**FULL, "mood": 0}) == (low,)
    assert build(alerts=(low,)).raised(FULL) == ()


def test_amber_facts_stay_visible():
    facts = {
        "range": Fact(about="range", source="us", confidence=Confidence.READ),
        "bands": Fact(about="bands", source="us", confidence=Confidence.MEMORY),
    }
    assert [f.about for f in build(facts=facts).amber] == ["bands"]


def test_prorating_names_how_many_items_carried_the_score():
    plain = Scale(id="total", name="Total", minimum=0, maximum=6, of=("mood", "risk"))
    sample = build(
        scales=(plain,),
        alternatives=(),
        missing=Missing(rule=MissingRule.PRORATE, most=1),
    )
    score = sample.score({"mood": 4, "less": 0, "more": 0})
    assert score.total == 6.0
    assert score.notes == (
        "prorated from 1 of 2 items",
        "risk asks about suicide and is unanswered: ask it",
    )
    assert sample.score({"less": 0, "more": 0}).total is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"primary": "sum"}, "primary names what is not in the file"),
        ({"cutoffs": (Cutoff(scale="x", at_least=1, meaning="m"),)}, "cutoff names"),
        ({"alternatives": (("less", "extra"),)}, "alternatives names"),
        ({"response": 50.0}, "fraction"),
        ({"remission": 10.0}, "outside the range"),
        ({"remission_alternatives": (-1.0,)}, "outside the range"),
        ({"sources": {}}, "source that is not listed"),
    ],
)
def test_an_instrument_that_contradicts_itself_is_refused(change, words):
    with pytest.raises(CatalogError, match=words):
        build(**change)


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(RatingsError, match="mood, risk"):
        SAMPLE.item("sleep")
    with pytest.raises(RatingsError, match="appetite, total"):
        SAMPLE.scale("sleep")
    assert SAMPLE.item("risk").number == 2

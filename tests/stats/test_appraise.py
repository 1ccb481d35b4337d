import pytest

from crossblock.core.errors import InputError
from crossblock.domain.appraisal import Published
from crossblock.stats.appraise import appraise, origins

JELEN = Published(n=26, F=5.39, df=74, fraction=0.28)


def test_the_press_figure_is_4_to_52_percent() -> None:
    """Issue B: F(1,74) = 5.39 at 28 % gives 4 to 52 %, the denominator taken as fixed."""
    found = appraise(JELEN)
    assert found.fraction is not None
    assert [round(100 * x) for x in found.fraction] == [28, 4, 52]
    assert found.p == pytest.approx(0.023, abs=5e-4)


def test_it_says_where_74_comes_from() -> None:
    found = appraise(JELEN)
    assert [o.participant_by_session for o in found.origins] == [False]
    assert found.origins[0].words.startswith("104 scores (26 people × 2 sessions × 2 visits)")
    assert [f.kind for f in found.flags] == ["degrees of freedom"]


def test_within_person_degrees_are_recognized_and_not_flagged() -> None:
    found = appraise(Published(n=26, t=2.3, df=24))
    assert found.origins[0].words.startswith("period-adjusted")
    assert found.flags == ()
    assert origins(26, 2, 25)[0].words.startswith("paired")


def test_every_form_of_the_same_test_agrees() -> None:
    by_t = appraise(Published(n=20, t=2.5, df=18))
    by_F = appraise(Published(n=20, F=6.25, df=18))
    by_p = appraise(Published(n=20, p=by_t.p, df=18))
    by_interval = appraise(
        Published(n=20, estimate=5.0, lower=5 - 2 * 2.10092204, upper=5 + 2 * 2.10092204, df=18)
    )
    assert by_F.t == pytest.approx(by_t.t)
    assert by_p.t == pytest.approx(by_t.t, rel=1e-9)
    assert by_interval.t == pytest.approx(2.5, rel=1e-7)


def test_selection_and_stopping_are_flagged_with_numbers() -> None:
    flags = {
        f.kind: f
        for f in appraise(Published(n=12, p=0.02, responders=7, looked_at=14, planned=30)).flags
    }
    assert "7 to 19 %" in flags["responder selection"].sentence  # statistics review: 7-19 %
    stopping = flags["stopping"].numbers
    # gs_ldobf_williams_14of30 and gs_ldpocock_williams_14of30: 2 x 0.0010 and 2 x 0.0147
    assert stopping["p, O'Brien-Fleming"] == pytest.approx(0.0021, abs=5e-5)
    assert stopping["p, Pocock"] == pytest.approx(0.029, abs=5e-4)


@pytest.mark.parametrize(
    ("published", "says"),
    [
        (Published(n=26), "exactly one of F, t, p or an interval"),
        (Published(n=26, F=5.0, t=2.0), "exactly one"),
        (Published(n=3, t=2.0), "too few people"),
        (Published(n=26, F=-1.0), "F must be a positive"),
        (Published(n=26, p=1.5), "between 0 and 1"),
        (Published(n=26, lower=2.0, upper=1.0), "not below"),
        (Published(n=26, t=float("nan")), "positive finite"),
    ],
)
def test_bad_input_is_a_sentence(published: Published, says: str) -> None:
    with pytest.raises(InputError, match=says):
        appraise(published)

"""One person's forecast: it learns, tells chance from loss, and keeps to its time."""

import time

import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.domain.history import History, Rated, Session
from crossblock.forecast.person import PRIOR, update
from crossblock.load.mechanism import mechanism, mechanism_names
from tests.forecast.settings import COMPOUNDS, HALF, SLOW

DAYS = [0, 3.5, 7, 10.5, 14, 17.5, 21, 24.5, *range(28, 112, 7)]
SESSIONS = tuple(Session(day=d, dose=HALF) for d in DAYS)
RNG = np.random.default_rng(4)
NOISE = RNG.normal(0.0, 2.5, len(DAYS))
GAIN = [34.0 - 18.0 * (1.0 - np.exp(-d / 6.0)) for d in DAYS]


def ratings(scores):
    return tuple(
        Rated(day=d + 0.9, score=None if s is None else float(np.clip(round(s), 0, 60)))
        for d, s in zip(DAYS, scores)
    )


STEADY = History(baseline=34.0, ratings=ratings(GAIN + NOISE), sessions=SESSIONS)
FADING = History(
    baseline=34.0,
    ratings=ratings([g + n + max(0, k - 8) * 1.6 for k, (g, n) in enumerate(zip(GAIN, NOISE))]),
    sessions=SESSIONS,
)


def told(history, **more):
    names = more.pop("names", ("h1", "h3a"))
    return update(
        history,
        mechanisms=[mechanism(n) for n in names],
        adaptation=SLOW,
        compounds=COMPOUNDS,
        **more,
    )


def test_a_steady_course_is_not_called_a_loss():
    found = told(STEADY)
    assert found.stories["stable"] > 0.6
    assert found.flags == ()


def test_a_fading_benefit_is_flagged_with_its_chance_of_being_noise():
    found = told(FADING)
    (flag,) = found.flags
    assert flag.noise == pytest.approx(found.stories["stable"])
    assert flag.noise < 0.3
    assert sum(found.stories.values()) == pytest.approx(1.0)


def test_who_never_gained_has_nothing_to_lose():
    flat = History(baseline=34.0, ratings=ratings([33.0 + n for n in NOISE]), sessions=SESSIONS)
    assert told(flat).flags == ()


def test_without_ratings_it_is_the_prior():
    found = told(History(baseline=34.0, ratings=(), sessions=()))
    assert found.stories == pytest.approx(PRIOR, abs=0.05)
    assert found.benefit.high - found.benefit.low > 8.0
    assert any("the prior" in n for n in found.notes)


def test_ratings_narrow_what_the_next_session_is_expected_to_add():
    none = told(History(baseline=34.0, ratings=(), sessions=SESSIONS[:8]))
    some = told(History(baseline=34.0, ratings=STEADY.ratings[:8], sessions=SESSIONS[:8]))
    assert some.benefit.high - some.benefit.low < none.benefit.high - none.benefit.low
    assert np.mean(some.without.high - some.without.low) < np.mean(
        none.without.high - none.without.low
    )


def test_a_session_helps_and_the_bands_hold_their_order():
    found = told(STEADY)
    assert found.benefit.points > 0.0
    assert found.benefit.days_with >= found.benefit.days_without
    for band in (found.seen, found.with_session, found.without):
        rows = np.stack([band.low, band.low_half, band.middle, band.high_half, band.high])
        assert np.all(np.diff(rows, axis=0) >= -1e-9)
        assert np.all((rows >= 0.0) & (rows <= 60.0))


def test_bands_cover_what_made_the_ratings():
    found = told(STEADY)
    inside = (found.seen.low <= GAIN) & (found.seen.high >= GAIN)
    assert inside.mean() > 0.8


def test_gaps_and_irregular_days_are_fine():
    scores = [s if k % 3 else None for k, s in enumerate(GAIN + NOISE)]
    found = told(History(baseline=34.0, ratings=ratings(scores), sessions=SESSIONS))
    assert any("are missing" in n for n in found.notes)
    assert found.stories["stable"] > 0.4


def test_the_same_seed_gives_the_same_answer():
    one, two = told(STEADY), told(STEADY)
    assert one.stories == two.stories
    np.testing.assert_array_equal(one.without.middle, two.without.middle)


def test_mechanisms_that_agree_on_the_sessions_keep_their_weights():
    found = told(STEADY, names=mechanism_names(), weights={"h1": 3.0, "h3a": 1.0})
    assert found.mechanisms["h1"] == pytest.approx(0.75)
    assert set(found.mechanisms) == {"h1", "h3a"}


def test_a_history_that_cannot_be_is_refused():
    with pytest.raises(InputError, match="no baseline"):
        told(History(baseline=None, ratings=STEADY.ratings, sessions=SESSIONS))


def test_an_update_takes_less_than_a_second():
    told(STEADY, names=mechanism_names(), seed=2)
    start = time.process_time()
    told(STEADY, names=mechanism_names(), seed=3)
    assert time.process_time() - start < 1.0

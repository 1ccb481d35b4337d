import math

import pytest
from scipy.stats import beta, binom

from crossblock.core.errors import InputError
from crossblock.stats.harm import EventRule, HarmRule, event_limits, event_stopping, judge_harm

RULE = HarmRule(endpoint="suicidality", threshold=1.0)
EVENTS = EventRule(endpoint="serious adverse event", acceptable=0.1)


def test_harm_is_judged_on_its_own_endpoint_against_its_own_threshold():
    same = judge_harm(RULE, 1, (0.5, 1.0), estimate=1.0, se=0.5, df=13)
    assert same.statistic == 0
    assert not same.stop
    far = judge_harm(RULE, 1, (0.5, 1.0), estimate=4.0, se=0.5, df=13)
    assert far.stop
    assert "suicidality" in far.sentence
    assert "stop for harm" in far.sentence


def test_direction_follows_the_instrument():
    rule = HarmRule(endpoint="wellbeing", threshold=1.0, higher_is_worse=False)
    assert judge_harm(rule, 1, (1.0,), estimate=-4.0, se=0.5).stop
    assert not judge_harm(rule, 1, (1.0,), estimate=4.0, se=0.5).stop


def test_small_degrees_of_freedom_ask_for_more():
    loose = judge_harm(RULE, 1, (1.0,), estimate=1.0 + 1.7 * 0.5, se=0.5)
    strict = judge_harm(RULE, 1, (1.0,), estimate=1.0 + 1.7 * 0.5, se=0.5, df=5)
    assert loose.stop
    assert not strict.stop


def test_event_limits_are_the_posterior_rule():
    (limit,) = event_limits(EVENTS, (20,))
    assert beta.sf(0.1, 0.5 + limit, 0.5 + 20 - limit) >= 0.9
    assert beta.sf(0.1, 0.5 + limit - 1, 0.5 + 20 - limit + 1) < 0.9


def test_stopping_probabilities_are_binomial():
    (once,) = event_stopping(EVENTS, (10,), 0.2)
    (limit,) = event_limits(EVENTS, (10,))
    assert once == pytest.approx(binom.sf(limit - 1, 10, 0.2), abs=1e-12)
    twice = event_stopping(EVENTS, (5, 10), 0.2)
    first, second = event_limits(EVENTS, (5, 10))
    by_hand = binom.sf(first - 1, 5, 0.2) + sum(
        binom.pmf(x, 5, 0.2) * binom.sf(second - x - 1, 5, 0.2) for x in range(first)
    )
    assert twice[1] == pytest.approx(by_hand, abs=1e-12)


def test_more_events_stop_more_often():
    rates = [event_stopping(EVENTS, (5, 10, 20), r)[-1] for r in (0.0, 0.05, 0.2, 0.5, 1.0)]
    assert rates == sorted(rates)
    assert rates[0] == 0.0
    assert rates[-1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: HarmRule(endpoint="", threshold=1.0), "own endpoint"),
        (lambda: HarmRule(endpoint="x", threshold=-1.0), "0 points or more"),
        (lambda: EventRule(endpoint="x", acceptable=0.0), "between 0 and 1"),
        (lambda: judge_harm(RULE, 3, (0.5, 1.0), 1.0, 0.5), "no look 3"),
        (lambda: judge_harm(RULE, 1, (1.0,), math.nan, 0.5), "finite"),
        (lambda: event_stopping(EVENTS, (10, 5), 0.1), "growing"),
    ],
)
def test_refusals(build, says):
    with pytest.raises(InputError, match=says):
        build()

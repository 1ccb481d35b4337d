import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm

from crossblock.domain.weighed import Kind, Outcome
from crossblock.weigh.moments import grid, summaries
from crossblock.weigh.people import amplitudes
from crossblock.weigh.tables import SMALL, Event, contrast_table, event_table
from crossblock.weigh.terms import (
    Tables,
    arm_course,
    conditions,
    event,
    falls,
    log_likelihood,
    paired,
    ratings,
    responses,
    surge_ratio,
)
from tests.weigh.small import outcome, rival, study
from tests.weigh.small import ratings as some_ratings

TABLES = Tables(
    event={"williams-2018": event_table(12, axes=SMALL, trials=200)},
    test={"jelen-2025-mood": contrast_table(26, axes=SMALL, trials=200)},
)


def by_people(k: int, K: int) -> float:
    """Return the log-likelihood of one particle as the plain sum over study nodes and people."""
    r, s = rival("h3a"), study("nimh-day-2")
    y = some_ratings().ratings
    assert y is not None
    g = grid(r.particles, r.amplitude_cv)
    R = conditions(s, 0, r)
    amplitude, w = amplitudes(r.amplitude_cv, K)
    w = np.repeat(w, R[0].shape[1]) / R[0].shape[1]
    sigma, corr = r.particles["sigma"][k], r.particles["session_r"][k]
    V = sigma**2 * np.array([[1, corr], [corr, 1]])
    total = []
    for a in range(len(g.a_weight)):
        stay = [np.exp(-g.A[k, a] * np.outer(amplitude, x[k])).ravel() for x in R]
        for i in range(len(g.g_weight)):
            keep = 1 - g.g["saline"][k, i]
            mu = np.stack([1 - keep * stay[0], 1 - keep * stay[1]], axis=1)
            people = []
            for row in y:
                seen = ~np.isnan(row)
                each = [
                    multivariate_normal.pdf(row[seen], m[seen], V[np.ix_(seen, seen)]) for m in mu
                ]
                people.append(np.log(np.dot(w, each)))
            total.append(np.sum(people) + g.log_weight[a, i])
    return float(logsumexp(total))


def test_patient_level_ratings_integrate_people_out() -> None:
    """Particles against the plain double sum over study nodes and people, fine in amplitude."""
    r, s = rival("h3a"), study("nimh-day-2")
    y = some_ratings().ratings
    assert y is not None
    found = ratings(y, conditions(s, 0, r), s.arms, r, grid(r.particles, r.amplitude_cv))
    best = np.argsort(found)[-5:]
    assert all(abs(found[k] - by_people(int(k), 9)) < 0.1 for k in best)


def test_mean_falls_of_an_arm_are_jointly_normal() -> None:
    r, s = rival("h1"), study("lii-2023")
    s = type(s)(**{f: getattr(s, f) for f in s.__slots__} | {"times_h": (24.0, 72.0)})
    g = grid(r.particles, r.amplitude_cv)
    value = np.array([[0.5, 0.4], [0.4, 0.45]])
    found = falls(s, value, r, g)
    k, total = 3, []
    arms = [arm_course(s, a, r, g) for a in s.arms]
    for a in range(len(g.a_weight)):
        for i in range(len(g.g_weight)):
            parts = [
                multivariate_normal.logpdf(
                    value[j], x.mean[k, min(a, x.mean.shape[1] - 1), i], x.covariance[k, a, i] / 19
                )
                for j, x in enumerate(arms)
            ]
            total.append(sum(parts) + g.log_weight[a, i])
    assert abs(found[k] - logsumexp(total)) < 1e-9


def test_response_rates_are_shares_of_people_beyond_one_half() -> None:
    r, s = rival("h1"), study("wilkinson-2019")
    g = grid(r.particles, r.amplitude_cv)
    p = responses(s, r, g)
    assert p.shape == (r.particles.count, 4, 1)
    assert np.all((p >= 0) & (p <= 1))
    assert np.mean(p[:, 1] > p[:, 3]) > 0.95  # ketamine against saline
    off = log_likelihood(s, outcome(s.id), r, TABLES)
    found = outcome(s.id)
    k = 4
    by_hand = norm.logpdf(found.value, p[k], found.se).sum()
    assert abs(off[k] - by_hand) < 1e-9


def test_an_event_enters_through_its_table_and_a_test_through_its_own() -> None:
    r = rival("h3a")
    g = grid(r.particles, r.amplitude_cv)
    s = study("williams-2018")
    found = log_likelihood(s, outcome(s.id), r, TABLES)
    pair = paired(s, r, g).pair()
    stopped = Event(responders=7, among_responders=True, everybody=True)
    assert event(outcome(s.id)) == stopped
    each = TABLES.event[s.id].log_probability(stopped, pair)
    assert np.allclose(found, logsumexp(each + g.log_weight, axis=(1, 2)))
    mood = study("jelen-2025-mood")
    assert np.all(np.isfinite(log_likelihood(mood, outcome(mood.id), r, TABLES)))


def test_a_test_that_was_not_reported_says_nothing() -> None:
    s = study("williams-2018")

    def said(*value: float) -> Event:
        return event(Outcome(study=s.id, value=np.array(value), se=np.zeros(())))

    assert said(5, 0, np.nan) == Event(responders=5, among_responders=False, everybody=None)
    assert said(np.nan, np.nan, 1) == Event(everybody=True)
    assert said(7) == Event(responders=7, among_responders=True, everybody=True)


def test_a_blocked_response_speaks_for_the_gate_and_the_signal_for_nothing_else() -> None:
    s, glx = study("williams-2018"), study("jelen-2025-glx")
    assert glx.kind is Kind.SIGNAL

    def weight(name: str, of: str) -> float:
        L = log_likelihood(study(of), outcome(of), rival(name), TABLES)
        return float(logsumexp(L) - np.log(len(L)))

    assert weight("h3a", s.id) > weight("h1", s.id)
    assert weight("h3a", glx.id) > weight("h1", glx.id) + 1.0
    assert abs(weight("h5", glx.id) - weight("h1", glx.id)) < 1e-9
    assert np.all(surge_ratio(glx, rival("h1")) == 1.0)


def test_summaries_of_one_arm_at_two_times_agree_with_those_of_two_conditions() -> None:
    r, s = rival("h1"), study("williams-2018")
    g = grid(r.particles, r.amplitude_cv)
    R = conditions(s, 0, r)
    one = summaries([R[0]], s.arms[:1], r.particles, g, [np.zeros(r.particles.count)])
    two = paired(s, r, g)
    assert np.allclose(one.mean[..., 0], two.mean[..., 0])
    assert np.allclose(one.covariance[..., 0, 0], two.covariance[..., 0, 0])

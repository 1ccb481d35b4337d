import numpy as np
import pytest

from crossblock.load.mechanism import mechanism
from crossblock.weigh.account import Settings, tables_for
from crossblock.weigh.bank import build
from crossblock.weigh.people import nodes
from crossblock.weigh.reach import Model
from crossblock.weigh.sbc import (
    Band,
    Setup,
    band,
    brier,
    one_of,
    reliability,
    truths,
    weighed_set,
)
from tests.weigh.small import model, outcome, ratings, regimens, rival, study

SETS = 24
RIVALS = ("h1", "h3a")
CAL = (study("nimh-day-2"), study("wilkinson-2019"))
EXTRA = (study("jelen-2025-mood"), study("jelen-2025-glx"))
LOOKED_FOR = ("fall", "sigma", "tau", "g_saline", "told", "half_life_R", "A:nimh-day-2")
LOOKED_AT = ("ketamine", "ketamine-naltrexone", "placebo")


def setup() -> Setup:
    rivals = [mechanism(m) for m in RIVALS]
    bank = build(rivals, regimens(*LOOKED_AT), model(), size=256, seed=1)
    like = {s.id: outcome(s.id) for s in (CAL[1], *EXTRA)} | {CAL[0].id: ratings()}
    tables = tables_for(EXTRA, Settings(trials=400))
    effort = {"each": 96, "sweeps": 2, "enough": 20.0}
    return Setup(bank=bank, calibrating=CAL, extra=EXTRA, like=like, tables=tables, **effort)


def finer() -> Model:
    return Model(reference=model().reference, compounds=model().compounds, nodes=nodes(8))


def test_true_coordinates_lie_anywhere_within_their_posterior() -> None:
    """Sets through the code that weighs the real evidence: drawn, simulated, weighed."""
    on = setup()
    rivals = [mechanism(m) for m in RIVALS]
    them = truths(rivals, regimens(*LOOKED_AT), finer(), SETS, 7)
    found = [weighed_set(on, t, seed=k) for k, t in enumerate(them)]
    bounds = band(SETS, 1.0 - 0.01 / len(LOOKED_FOR))  # all of them at once, 99 %
    for symbol in LOOKED_FOR:
        assert bounds.outside([f.places[symbol] for f in found]) == 0.0, symbol
    labels = list(found[0].stated)
    label_of = {"h1": "H1", "h3a": "H3a"}
    truth = np.array([labels.index(label_of[f.truth]) for f in found])
    stated = np.array([[f.stated[x] for x in labels] for f in found])
    assert np.allclose(stated.sum(axis=1), 1.0)
    odds = np.array([np.mean(truth == k) for k in range(len(labels))])
    assert brier(stated, truth) < brier(np.tile(odds, (SETS, 1)), truth)


def test_the_band_holds_uniform_numbers_as_often_as_it_says_and_catches_others() -> None:
    rng = np.random.default_rng(3)
    b = band(200, 0.9, draws=4000)
    left = np.mean([b.outside(rng.random(200).tolist()) > 0.0 for _ in range(600)])
    assert 0.06 < left < 0.14
    assert b.outside((rng.random(200) ** 1.5).tolist()) > 0.0
    assert b.outside((0.25 + 0.5 * rng.random(200)).tolist()) > 0.0


def test_the_band_is_wider_than_a_pointwise_one_and_narrows_with_the_sets() -> None:
    def widest(b: Band) -> float:
        return float(np.max(b.high - b.low))

    assert widest(band(500)) > 2 * 1.96 * 0.5 / np.sqrt(500)
    assert widest(band(2000)) < 0.55 * widest(band(500))


def test_honest_probabilities_are_reliable_and_boastful_ones_are_not() -> None:
    rng = np.random.default_rng(1)
    honest = rng.dirichlet([0.7, 0.7, 0.7], size=600)
    truth = np.array([rng.choice(3, p=p) for p in honest])
    assert reliability(honest, truth, draws=1000).inside
    boastful = honest**3 / (honest**3).sum(axis=1, keepdims=True)
    assert not reliability(boastful, truth, draws=1000).inside
    assert brier(honest, truth) < brier(boastful, truth)


def test_the_brier_score_by_hand() -> None:
    stated = np.array([[1.0, 0.0], [0.5, 0.5]])
    assert brier(stated, np.array([0, 1])) == pytest.approx(0.25)
    assert brier(stated, np.array([1, 1])) == pytest.approx(1.25)


def test_truths_are_single_particles_drawn_by_prior_odds() -> None:
    them = truths([mechanism("h1"), mechanism("h3a")], regimens("ketamine"), model(), 60, 5)
    assert all(t.particles.count == 1 for t in them)
    share = np.mean([t.mechanism.id == "h1" for t in them])
    assert abs(share - 2 / 3) < 0.2  # H3 shares its odds with an account that is not here
    r = rival("h3a")
    assert np.array_equal(one_of(r, 3).particles.z[0], r.particles.z[3])

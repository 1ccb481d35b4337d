import math

import numpy as np

from crossblock.domain.odds import Odds
from crossblock.weigh.compare import LABELS, TOLD_APART, odds, parted, priors

EVEN = priors()["H1 to H5 alike"]


def probabilities(o: Odds) -> list[float]:
    return [r.probability for r in o.rows]


def test_priors_are_probabilities_and_variants_share_them() -> None:
    for prior in priors().values():
        assert set(prior) == set(LABELS)
        assert all(p > 0 for p in prior.values())
    assert abs(sum(EVEN.values()) - 1.0) < 1e-12
    assert abs(sum(priors()["half on H1"].values()) - 1.0) < 1e-12
    assert EVEN["H3a"] + EVEN["H3b"] == EVEN["H1"]


def test_odds_are_bayes_rule_and_carry_their_monte_carlo_error() -> None:
    evidence = dict.fromkeys(LABELS, (0.0, 0.0))
    flat = odds(evidence, EVEN)
    assert np.allclose(probabilities(flat), [EVEN[r.label] for r in flat.rows])
    evidence["H1"] = (math.log(4.0), 0.0)
    found = odds(evidence, EVEN)
    assert abs(found.of("H1").probability - 0.8 / 1.6) < 1e-12
    assert found.of("H1").low == found.of("H1").high
    noisy = odds({**evidence, "H1": (math.log(4.0), 0.3)}, EVEN)
    low, high = noisy.of("H1").low, noisy.of("H1").high
    wanted = [x / (x + 0.8) for x in (0.8 * math.exp(-0.588), 0.8 * math.exp(0.588))]
    assert np.allclose([low, high], wanted, atol=0.01)
    assert abs(sum(probabilities(noisy)) - 1.0) < 1e-12


def test_pairs_below_a_bayes_factor_of_three_are_not_told_apart() -> None:
    evidence = {"H1": (0.0, 0.1), "H2": (TOLD_APART - 0.01, 0.1), "H4": (TOLD_APART + 0.01, 0.0)}
    by = {(p.first, p.second): p for p in parted(evidence)}
    assert not by["H1", "H2"].told_apart
    assert by["H1", "H4"].told_apart
    assert not by["H2", "H4"].told_apart
    assert abs(by["H1", "H2"].error - math.hypot(0.1, 0.1)) < 1e-12

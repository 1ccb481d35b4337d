import math

import pytest

from crossblock.weigh.compare import odds, parted, priors


def test_every_prior_is_a_distribution_over_the_rivals() -> None:
    for prior in priors().values():
        assert min(prior.values()) >= 0
        assert set(prior) == set(priors()["H1 to H5 alike"])
    assert sum(priors()["H1 to H5 alike"].values()) == pytest.approx(1.0)


def test_odds_follow_bayes_and_carry_their_error() -> None:
    evidence = {"H1": (-10.0, 0.0), "H5": (-9.0, 0.0)}
    rows = {r.label: r for r in odds(evidence, {"H1": 0.5, "H5": 0.5}).rows}
    assert rows["H5"].probability == pytest.approx(1.0 / (1.0 + math.exp(-1.0)))
    assert rows["H5"].low == pytest.approx(rows["H5"].high)
    noisy = {
        r.label: r
        for r in odds({"H1": (-10.0, 0.5), "H5": (-9.0, 0.5)}, priors()["H1 to H5 alike"]).rows
    }
    assert noisy["H5"].low < noisy["H5"].probability < noisy["H5"].high


def test_a_small_bayes_factor_does_not_tell_rivals_apart() -> None:
    close, far = (parted({"H4": (-10.0, 0.05), "H5": (z, 0.05)})[0] for z in (-9.6, -4.0))
    assert not close.told_apart
    assert far.told_apart
    assert close.log_bayes_factor == pytest.approx(-0.4)

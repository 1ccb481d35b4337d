from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.special import logsumexp

from crossblock.weigh.account import Settings, tables_for
from crossblock.weigh.posterior import (
    Standing,
    calibrate,
    error_of,
    regimens,
    standings,
    total,
    weigh,
)
from crossblock.weigh.tables import SMALL
from crossblock.weigh.tempering import Cloud, ess
from tests.weigh.small import bank, outcome, study

CAL = (study("wilkinson-2019"),)
EXTRA = (study("jelen-2025-mood"), study("jelen-2025-glx"))
FOUND = {s.id: outcome(s.id) for s in (*CAL, *EXTRA)}
TABLES = tables_for(EXTRA, Settings(axes=SMALL, trials=200))


@cache
def clouds(folder: Path | None = None) -> dict[str, Cloud]:
    return calibrate(bank(), CAL, FOUND, TABLES, each=64, folder=folder)


@cache
def stand() -> dict[str, Standing]:
    return standings(bank(), clouds())


def test_clouds_are_kept_and_come_back_the_same(tmp_path: Path) -> None:
    first = clouds(tmp_path)
    again = calibrate(bank(), CAL, FOUND, TABLES, each=64, folder=tmp_path)
    for id, cloud in first.items():
        assert np.array_equal(cloud.z, again[id].z)
        assert cloud.powers == again[id].powers
        assert (cloud.log_evidence, cloud.error) == (again[id].log_evidence, again[id].error)


def test_evidence_by_tempering_agrees_with_plain_reweighting_of_prior_draws() -> None:
    """Two ways to one number: importance weights of 96 prior draws and tempered islands."""
    found = clouds()
    for id, rival in bank().rivals.items():
        L = total(rival, CAL, FOUND, TABLES)
        plain = logsumexp(L) - np.log(len(L))
        spread = np.sqrt(1 / ess(L) - 1 / len(L))
        assert abs(plain - found[id].log_evidence) < 4 * np.hypot(spread, found[id].error) + 0.2


@pytest.mark.parametrize("enough", [1.0, 1e9])
def test_reweighting_and_tempering_on_agree(enough: float) -> None:
    found = weigh(bank(), stand(), CAL, EXTRA, FOUND, TABLES, enough=enough)
    other = weigh(bank(), stand(), CAL, EXTRA, FOUND, TABLES, enough=1.0)
    for id, p in found.items():
        assert p.tempered is (enough > 1.0 and ess_of(other[id].weight) < 0.9 * len(p.weight))
        gap = abs(p.log_marginal - other[id].log_marginal)
        assert gap < 4 * np.hypot(p.error, other[id].error) + 1e-9
        assert abs(p.weight.sum() - 1.0) < 1e-9
        assert set(p.each) == {s.id for s in EXTRA}


def ess_of(w: np.ndarray) -> float:  # type: ignore[type-arg]
    return float(1.0 / np.sum(w * w))


def test_means_quantiles_and_draws_follow_the_weights() -> None:
    p = weigh(bank(), stand(), CAL, EXTRA, FOUND, TABLES, enough=1.0)["h3a"]
    x = p.rival.particles["phi"]
    low, middle, high = p.quantiles(x, (0.025, 0.5, 0.975))
    assert low < middle < high
    rows = p.draw(4000, np.random.default_rng(1))
    assert abs(x[rows].mean() - p.mean(x)) < 4 * x.std() / np.sqrt(4000)
    assert regimens(EXTRA) == ("ketamine", "ketamine-naltrexone", "placebo")


def test_what_a_study_says_is_computed_once_and_summed_for_every_question() -> None:
    here = standings(bank(), clouds())["h3a"]
    one = here.of(EXTRA[0], FOUND, TABLES)
    assert here.of(EXTRA[0], FOUND, TABLES) is one
    both = weigh(bank(), stand(), CAL, EXTRA, FOUND, TABLES, enough=1.0)["h3a"]
    log_w = one + here.of(EXTRA[1], FOUND, TABLES)
    by_hand = here.cloud.log_evidence + logsumexp(log_w) - np.log(len(log_w))
    assert abs(both.log_marginal - by_hand) < 1e-9


def test_the_error_knows_islands_that_disagree() -> None:
    cloud = clouds()["h1"]
    flat = np.zeros(len(cloud.atoms))
    split = np.where(cloud.island == 0, 3.0, 0.0)
    assert error_of(cloud, split) > error_of(cloud, flat)

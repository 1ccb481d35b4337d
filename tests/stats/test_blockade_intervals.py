import math
from dataclasses import replace

import numpy as np
import pytest

import crossblock as cb
from crossblock.core.errors import DesignError
from crossblock.core.streams import Stream
from crossblock.domain.table import AnalysisTable
from crossblock.stats.blockade import blockade_fraction
from crossblock.stats.blockade_intervals import bootstrap_interval, profile_interval
from crossblock.stats.cells import cell_means
from crossblock.stats.visits import Covariance, Model, layout
from tests.stats.blocked import williams

CELLS = {"open": "open", "blocked": "blocked"}
MODEL = Model(covariance=Covariance.CS)


def table(**truth: float) -> AnalysisTable:
    protocol, ratings, codes = williams(**truth)  # type: ignore[arg-type]
    return cb.derive_study(protocol, ratings, codes).tables["hamd17", "d1"]


def test_profile_is_fieller_on_complete_data() -> None:
    """In a normal linear model both invert the same t test."""
    data = layout({"d1": table(n=24, removed=0.4, seed=5)})
    means = cell_means(data, CELLS, MODEL, "d1")
    fieller = blockade_fraction(means).estimate
    profile = profile_interval(data, CELLS, means)
    assert profile.value == pytest.approx(fieller.value, abs=1e-9)
    assert profile.lower == pytest.approx(fieller.lower, abs=0.03)
    assert profile.upper == pytest.approx(fieller.upper, abs=0.03)


def test_bootstrap_agrees_on_a_clear_effect() -> None:
    t = table(n=60, removed=0.4, seed=5)
    means = cell_means(layout({"d1": t}), CELLS, MODEL, "d1")
    fieller = blockade_fraction(means).estimate
    found = bootstrap_interval(t, CELLS, stream=Stream(1, "bootstrap"))
    width = fieller.upper - fieller.lower
    assert found.value == pytest.approx(fieller.value, abs=0.1 * width)
    assert found.lower == pytest.approx(fieller.lower, abs=0.2 * width)
    assert found.upper == pytest.approx(fieller.upper, abs=0.2 * width)


def test_no_drug_effect_is_unbounded_in_every_interval() -> None:
    t = table(n=16, removed=0.4, seed=5)
    noise = np.random.default_rng(3).normal(0.0, 8.0, t.y.shape)
    nothing = replace(t, y=noise - noise.mean())
    data = layout({"d1": nothing})
    means = cell_means(data, CELLS, MODEL, "d1")
    assert blockade_fraction(means).uninformative
    assert math.isinf(profile_interval(data, CELLS, means).upper)
    assert math.isinf(bootstrap_interval(nothing, CELLS, stream=Stream(1, "b")).upper)


def test_one_person_in_a_sequence_cannot_be_drawn_anew() -> None:
    t = table(n=3)
    with pytest.raises(DesignError, match="complete people"):
        bootstrap_interval(t, CELLS, stream=Stream(1, "b"))

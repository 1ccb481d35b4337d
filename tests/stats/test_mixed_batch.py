"""The batch door: one model, many data sets, an outcome for each."""

import numpy as np
import pytest

from crossblock.core.errors import DesignError
from crossblock.domain.result import Outcome
from crossblock.stats.mixed import RandomTerm
from crossblock.stats.mixed_batch import fit_batch
from crossblock.stats.mixed_design import design
from tests.stats.mixed_tables import crossover, effects


def made(seed, **options):
    columns = crossover(seed=seed, **options)
    y, X, names = effects(columns)
    terms = [RandomTerm(name=n, group=columns[n]) for n in ("participant", "session")]
    return design(y, X, names=names, random=terms)


def test_a_batch_answers_in_arrays():
    batch = fit_batch([made(k, participants=10 + k, missing=0.1) for k in range(5)])
    one = batch.contrast({"B": 1.0})
    assert all(len(values) == 5 for values in one)
    assert np.all(one.lower < one.upper)
    F = batch.ftest([[0.0, 1.0, 0.0]])
    np.testing.assert_allclose(F.statistic, one.statistic**2)
    assert set(batch.outcomes()) <= {Outcome.SETTLED, Outcome.BOUNDARY}
    given = batch.contrast({"B": 1.0}, df=np.arange(5.0) + 5)
    np.testing.assert_array_equal(given.df, np.arange(5.0) + 5)


def test_one_bad_data_set_is_recorded_and_the_others_go_on():
    good, flat = made(1), made(2)
    flat.y[:] = 4.0
    batch = fit_batch([good, flat, good])
    assert batch.outcomes()[1] is Outcome.NO_VARIATION
    one = batch.contrast({"B": 1.0})
    assert np.isnan(one.value[1])
    assert np.isnan(one.p[1])
    for df in ("kr", "satterthwaite"):
        F = batch.ftest(np.eye(3)[1:], df=df)
        assert np.isnan(F.statistic[1])
        assert np.isnan(F.p[1])
        assert np.isfinite(F.p[[0, 2]]).all()
    assert one.value[0] == one.value[2] == fit_batch([good]).contrast({"B": 1.0}).value[0]


def test_data_sets_of_a_batch_share_one_model():
    columns = crossover()
    y, X, names = effects(columns)
    other = design(y, X, names=names, random=[RandomTerm(name="p", group=columns["participant"])])
    with pytest.raises(DesignError, match="differ"):
        fit_batch([made(1), other])


def test_choices_are_checked():
    batch = fit_batch([made(1)])
    for ask in (
        lambda: batch.contrast({"B": 1.0}, df="residual"),
        lambda: batch.ftest(np.eye(3)[1:], df="residual"),
        lambda: fit_batch([made(1)], method="bayes"),
    ):
        with pytest.raises(DesignError):
            ask()

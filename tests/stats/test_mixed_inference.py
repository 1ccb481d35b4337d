"""Contrasts and F tests over a batch equal their textbook forms."""

import numpy as np
import pytest
from scipy import stats

from crossblock.core.errors import DesignError
from crossblock.stats.mixed import RandomTerm, fit
from crossblock.stats.mixed_inference import (
    contrast_row,
    contrast_rows,
    contrasts,
    degrees_of_freedom,
    f_tests,
)
from tests.stats.mixed_tables import crossover, effects

COLUMNS = crossover(missing=0.15)
Y, X, NAMES = effects(COLUMNS)
FITTED = fit(Y, X, names=NAMES, random=[RandomTerm(name="p", group=COLUMNS["participant"])]).kernel
ROW = np.array([0.0, 1.0, 0.0])


def test_intervals_and_p_are_those_of_t():
    one = contrasts(FITTED, ROW, 7.5, level=0.9)
    assert one.df[0] == 7.5
    half = stats.t(7.5).ppf(0.95) * one.se[0]
    assert one.upper[0] - one.value[0] == pytest.approx(half)
    assert one.p[0] == pytest.approx(2 * stats.t(7.5).sf(abs(one.statistic[0])))


def test_kenward_roger_uses_its_own_standard_error():
    kr, sat = contrasts(FITTED, ROW, "kr"), contrasts(FITTED, ROW, "satterthwaite")
    assert kr.se[0] == pytest.approx(np.sqrt(FITTED.Phi_kr[0, 1, 1]))
    assert sat.se[0] == pytest.approx(np.sqrt(FITTED.Phi[0, 1, 1]))
    assert kr.value[0] == sat.value[0]


def test_degrees_of_freedom_may_be_given_for_each_data_set():
    assert degrees_of_freedom(FITTED, ROW, np.array([4.0]))[0] == 4.0


def test_f_tests_do_not_depend_on_how_rows_are_written():
    rows = np.eye(3)[1:]
    for df in ("kr", "satterthwaite"):
        one = f_tests(FITTED, rows, df)
        two = f_tests(FITTED, np.array([[1.0, 1.0], [1.0, -3.0]]) @ rows, df)
        assert one.statistic[0] == pytest.approx(two.statistic[0])
        # Satterthwaite turns the rows as given, as lmerTest does: its df move a little.
        exact = 1e-6 if df == "kr" else 1e-4
        assert one.df2[0] == pytest.approx(two.df2[0], rel=exact)
        assert one.p[0] == pytest.approx(stats.f(2, one.df2[0]).sf(one.statistic[0]))


def test_rows_are_read_from_mappings_and_checked():
    np.testing.assert_array_equal(contrast_row(NAMES, {"B": 2.0}), [0.0, 2.0, 0.0])
    for L, words in (
        ({"C": 1.0}, "does not have"),
        ([1.0], "does not fit"),
        ([np.nan, 0, 0], "finite"),
        ([[1.0, 0, 0], [2.0, 0, 0]], "follow from the others"),
    ):
        with pytest.raises(DesignError, match=words):
            contrast_rows(NAMES, L)
    with pytest.raises(DesignError, match="one row"):
        contrast_row(NAMES, np.eye(3)[:2])

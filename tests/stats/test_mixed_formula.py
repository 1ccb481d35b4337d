"""The formula door reads what it says it reads, and refuses the rest in a sentence."""

import numpy as np
import pytest

from crossblock.core.errors import DesignError
from crossblock.stats.mixed import RandomTerm, fit
from crossblock.stats.mixed_formula import (
    effects,
    fit_formula,
    random_terms,
    read_columns,
    residual_of,
)
from tests.stats.mixed_tables import crossover
from tests.stats.mixed_tables import effects as arrays

COLUMNS = crossover(missing=0.1)


def test_a_formula_gives_the_fit_of_its_arrays():
    y, X, names = arrays(COLUMNS)
    by_hand = fit(y, X, names=names, random=[RandomTerm(name="p", group=COLUMNS["participant"])])
    m = fit_formula("y ~ treatment + C(period)", COLUMNS, random=["1 | participant"])
    assert m.names == ("Intercept", "treatment[T.B]", "C(period)[T.2.0]")
    np.testing.assert_allclose(m.beta, by_hand.beta, rtol=1e-9)
    assert m.deviance == pytest.approx(by_hand.deviance)


def test_rows_and_columns_are_one_table():
    rows = [dict(zip(COLUMNS, cells, strict=True)) for cells in zip(*COLUMNS.values(), strict=True)]
    one = fit_formula("y ~ treatment", COLUMNS, random=["1|participant"])
    two = fit_formula("y ~ treatment", rows, random=["1|participant"])
    np.testing.assert_array_equal(one.beta, two.beta)


def test_columns_are_numbers_or_text():
    columns = read_columns({"a": [1, "", None], "b": ["1", "2", " "], "c": [True, 2.5, 3]})
    np.testing.assert_array_equal(columns["a"], [1.0, np.nan, np.nan])
    assert list(columns["b"]) == ["1", "2", ""]
    assert columns["c"].dtype == float


def test_terms_know_their_columns():
    _, X, names, terms = effects("y ~ treatment * C(visit)", read_columns(COLUMNS))
    assert X.shape[1] == len(names) == 6
    assert terms["treatment:C(visit)"] == (4, 5)
    m = fit_formula("y ~ treatment * C(visit)", COLUMNS, random=["1 | participant"])
    assert m.ftest("treatment:C(visit)").df1 == 2


def test_random_terms_in_every_spelling():
    columns = read_columns(COLUMNS)
    n = len(columns["y"])

    def names(text):
        return [(t.name, t.labels) for t in random_terms(text, columns, n)]

    assert names("1|participant") == [("participant", ("intercept",))]
    assert names("(1 | participant:period)") == [("participant:period", ("intercept",))]
    assert names("1 | participant/period") == [
        ("participant", ("intercept",)),
        ("participant:period", ("intercept",)),
    ]
    assert names("visit | participant") == [("participant", ("intercept", "visit"))]
    assert names("0 + visit | participant") == [("participant", ("visit",))]
    assert names("1 + visit || participant") == [
        ("participant intercept", ("intercept",)),
        ("participant visit", ("visit",)),
    ]
    session = random_terms("1 | participant:period", columns, n)[0].group
    assert len(np.unique(session)) == 24


def test_repeated_in_every_spelling():
    columns = read_columns(COLUMNS)
    assert residual_of("cs(participant)", columns).position is None
    un = residual_of("un(period:visit | participant)", columns)
    assert un.kind == "un"
    assert un.labels == ("1:0", "1:1", "1:2", "2:0", "2:1", "2:2")
    assert un.position.max() == 5
    within = residual_of("ar1(visit | participant:period)", columns)
    assert len(np.unique(within.unit)) == 24


def test_days_sort_as_numbers():
    columns = crossover(visits=3)
    columns["visit"] = [{0: 1, 1: 3, 2: 14}[v] for v in columns["visit"]]
    m = fit_formula("y ~ treatment", columns, repeated="csh(visit | session)")
    names = [p.name for p in m.parameters]
    assert names == ["residual 1", "residual 3", "residual 14", "correlation"]


def test_g_side_and_r_side_go_together():
    m = fit_formula(
        "y ~ treatment", COLUMNS, random=["1 | participant"], repeated="ar1(visit | session)"
    )
    assert [p.name for p in m.parameters] == ["participant", "residual", "autocorrelation"]
    assert "autoregressive" in m.model


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("y ~ dose", "treatment"),
        ("~ treatment", "no score"),
        ("y ~ (treatment", "cannot be read"),
        ("y ~ __import__('os').getpid()", "cannot be read|not in the list"),
        ("y ~ open('x')", "not in the list"),
        ("y ~ treatment.__class__", "not in the list|cannot be read"),
        ("treatment ~ period", "one number a row"),
        ("y ~ mended", "empty cells"),
    ],
)
def test_formulas_that_cannot_be_read_are_refused(formula, words):
    columns = {**COLUMNS, "mended": [*COLUMNS["y"][:-1], None]}
    with pytest.raises(DesignError, match=words):
        fit_formula(formula, columns)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"random": ["participant"]}, "1 | participant"),
        ({"random": ["1 | subject"]}, "no such column"),
        ({"repeated": "un visit"}, "un\\(visit"),
        ({"repeated": "spatial(visit | session)"}, "unknown residual"),
    ],
)
def test_terms_that_cannot_be_read_are_refused(options, words):
    with pytest.raises(DesignError, match=words):
        fit_formula("y ~ treatment", COLUMNS, **options)


def test_empty_tables_are_refused():
    for table in ([], {"y": []}, {"y": [1.0, 2.0], "x": [1.0]}):
        with pytest.raises(DesignError, match="one value for each score"):
            fit_formula("y ~ x", table)

"""The doors of stats.mixed: what a fit reports, and what it refuses in a sentence."""

import time

import numpy as np
import pytest

from crossblock.core.errors import ConvergenceError, DesignError
from crossblock.domain.result import Outcome
from crossblock.kernels import mixed as kernel
from crossblock.stats.mixed import (
    OUTCOMES,
    RandomTerm,
    Residual,
    check_choice,
    default_information,
    fit,
    term_rows,
)
from tests.stats.mixed_tables import case_rows, crossover, effects


def nested(columns, **options):
    y, X, names = effects(columns)
    terms = [
        RandomTerm(name="participant", group=columns["participant"]),
        RandomTerm(name="participant:period", group=columns["session"]),
    ]
    return fit(y, X, names=names, random=terms, **options)


def test_outcome_codes_are_positions_of_the_closed_set():
    names = ("SETTLED", "BOUNDARY", "NOT_SETTLED", "RANK_DEFICIENT", "NO_VARIATION", "TOO_FEW")
    for name in names:
        assert OUTCOMES[getattr(kernel, name)] is Outcome[name]
    assert len(OUTCOMES) == len(names)


def test_a_contrast_carries_its_interval_method_and_words():
    m = nested(crossover(missing=0.1))
    one = m.contrast({"B": 1.0})
    half = (one.upper - one.lower) / 2
    assert one.value == pytest.approx((one.upper + one.lower) / 2)
    assert half / one.se == pytest.approx(2.2, abs=0.2)  # t at about 10 degrees of freedom
    assert one.statistic == pytest.approx(one.value / one.se)
    assert one.label == "B"
    assert one.unit == "points"
    assert one.n == m.n
    assert "random intercepts for participant:period" in one.model
    assert "Kenward-Roger" in one.method.sentence
    assert {r.key for r in one.method.references} == {"patterson1971", "kenward1997"}
    assert one.info["se_model"] <= one.se


def test_degrees_of_freedom_by_every_name():
    m = nested(crossover())
    dfs = {df: m.contrast({"B": 1.0}, df=df).df for df in ("kr", "satterthwaite", "containment")}
    assert dfs["kr"] == pytest.approx(10.0)
    assert dfs["satterthwaite"] == pytest.approx(10.0, abs=1e-6)
    assert m.contrast({"B": 1.0}, df="residual").df == 72 - 3
    assert dfs["containment"] == 72 - 24  # treatment and period lie in the sessions
    assert m.contrast({"B": 1.0}, df=7).df == 7.0


def test_an_f_test_of_one_row_is_the_squared_t():
    m = nested(crossover(missing=0.15))
    for df in ("kr", "satterthwaite"):
        one, F = m.contrast({"B": 1.0}, df=df), m.ftest([[0.0, 1.0, 0.0]], df=df)
        assert F.statistic == pytest.approx(one.statistic**2)
        assert F.df2 == pytest.approx(one.df)
        assert F.p == pytest.approx(one.p)
        assert F.df1 == 1
    assert m.ftest("B").statistic == pytest.approx(m.ftest([[0.0, 1.0, 0.0]]).statistic)
    assert m.ftest("B").label == "B"


def test_parameters_are_named_with_units():
    m = nested(crossover(), unit="HAM-D points")
    assert [p.name for p in m.parameters] == ["participant", "participant:period", "residual"]
    assert all(p.unit == "HAM-D points²" for p in m.parameters)
    assert m.parameter("residual") == m.parameters[2].value
    with pytest.raises(DesignError, match="participant:period"):
        m.parameter("subject")


def test_information_follows_the_reference_program():
    assert default_information("independent") == "expected"
    assert default_information("un") == "observed"
    columns = crossover(missing=0.2)
    se = {
        how: nested(columns, information=how).contrast({"B": 1.0}).se
        for how in ("expected", "observed")
    }
    assert se["expected"] != se["observed"]
    assert se["expected"] == pytest.approx(se["observed"], rel=0.02)


def test_second_derivatives_matter_for_curved_residuals_only():
    columns = crossover(missing=0.1, participants=20)
    y, X, names = effects(columns)
    for kind, differs in (("toeplitz", False), ("ar1", True)):
        residual = Residual(kind=kind, unit=columns["session"], position=columns["visit"])
        se = [
            fit(y, X, names=names, residual=residual, kenward_roger=form).contrast({"B": 1.0}).se
            for form in ("linear", "full")
        ]
        assert (se[0] != se[1]) is differs
        assert se[0] == pytest.approx(se[1], rel=0.02)


def test_the_bounded_and_the_marginal_fit_part_when_people_repel():
    rows = case_rows("sim_singular_boundary")
    y = [float(r["change"]) for r in rows]
    X = np.array([[1, r["treatment"] == "B", r["period"] == "2"] for r in rows], dtype=float)
    who = [r["subject"] for r in rows]
    terms = [RandomTerm(name="participant", group=who)]
    bounded = fit(y, X, random=terms)
    free = fit(y, X, random=terms, bounded=False)
    marginal = fit(y, X, residual=Residual(kind="cs", unit=who))
    assert bounded.outcome is Outcome.BOUNDARY
    assert bounded.warnings == (str(Outcome.BOUNDARY),)
    assert bounded.parameter("participant") == 0.0
    assert free.outcome is marginal.outcome is Outcome.SETTLED
    assert free.parameter("participant") < 0.0
    L = [0.0, 1.0, 0.0]
    assert free.contrast(L).se == pytest.approx(marginal.contrast(L).se, rel=1e-10)
    assert free.contrast(L).se > bounded.contrast(L).se


def test_at_the_bound_kenward_roger_keeps_and_satterthwaite_drops_the_component():
    """pbkrtest gives 10, lmerTest 20 degrees of freedom here (12 people, 4 effects)."""
    rows = case_rows("sim_singular_boundary")
    y = [float(r["change"]) for r in rows]
    X = np.array(
        [[1, r["treatment"] == "B", r["period"] == "2", r["sequence"] == "AB"] for r in rows],
        dtype=float,
    )
    m = fit(y, X, random=[RandomTerm(name="participant", group=[r["subject"] for r in rows])])
    L = [0.0, 1.0, 0.0, 0.0]
    assert m.contrast(L, df="kr").df == pytest.approx(10.0)
    assert m.contrast(L, df="satterthwaite").df == pytest.approx(20.0)


def test_missing_scores_are_left_out_and_nothing_else_changes():
    columns = crossover(missing=0.2)
    y, X, names = effects(columns)
    keep = ~np.isnan(y)
    who = np.array(columns["participant"])
    whole = fit(y, X, names=names, random=[RandomTerm(name="p", group=who)])
    cut = fit(y[keep], X[keep], names=names, random=[RandomTerm(name="p", group=who[keep])])
    assert whole.n == keep.sum()
    np.testing.assert_array_equal(whole.beta, cut.beta)


def test_kenward_roger_of_an_ml_fit_is_refused():
    m = nested(crossover(), method="ml")
    for ask in (lambda: m.contrast({"B": 1.0}), lambda: m.ftest("B")):
        with pytest.raises(DesignError, match="REML"):
            ask()
    reml = nested(crossover()).contrast({"B": 1.0})
    assert m.contrast({"B": 1.0}, df="satterthwaite").se < reml.se


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda y, X, who: (y, np.column_stack([X, X[:, 1]]), who), "cannot be told apart"),
        (lambda y, X, who: (y, np.column_stack([X, 0 * X[:, 1]]), who), "never observed"),
        (lambda y, X, who: (y, X, ["P1"] * len(y)), "single level"),
        (lambda y, X, who: (0 * y + 7.0, X, who), "do not vary"),
        (lambda y, X, who: (np.where(X[:, 1] == 1, np.inf, y), X, who), "infinite"),
        (lambda y, X, who: (y, X * np.nan, who), "missing or infinite"),
        (lambda y, X, who: (y[:3], X[:3], who[:3]), "nothing is left"),
        (lambda y, X, who: (y, X, list(range(len(y)))), "one score a level"),
        (lambda y, X, who: (y[1:], X, who), "do not fit together"),
        (lambda y, X, who: (y, X, who[1:]), "labels"),
    ],
)
def test_bad_input_is_a_sentence_with_something_to_do(change, words):
    y, X, _ = effects(columns := crossover())
    y, X, who = change(y, X, columns["participant"])
    with pytest.raises(DesignError, match=words) as raised:
        fit(y, X, random=[RandomTerm(name="participant", group=who)])
    assert all(problem.fix for problem in raised.value.problems)


def test_a_condition_without_scores_is_named():
    y, X, names = effects(crossover())
    y[X[:, 1] == 1] = np.nan
    with pytest.raises(DesignError, match="B"):
        fit(y, X, names=names)


def test_a_covariance_given_twice_is_refused():
    columns = crossover()
    y, X, names = effects(columns)
    who = columns["participant"]
    with pytest.raises(DesignError, match="cannot be told apart"):
        fit(
            y,
            X,
            names=names,
            random=[RandomTerm(name="participant", group=who)],
            residual=Residual(kind="cs", unit=who),
        )


def test_a_likelihood_without_a_maximum_is_a_sentence():
    columns = crossover(participants=4)
    y, X, names = effects(columns)
    cell = [10 * p + v for p, v in zip(columns["period"], columns["visit"], strict=True)]
    with pytest.raises(ConvergenceError, match="simpler covariance"):
        fit(
            y,
            X,
            names=names,
            residual=Residual(kind="un", unit=columns["participant"], position=cell),
        )


def test_choices_are_checked_in_words():
    m = nested(crossover())
    for ask, words in (
        (lambda: m.contrast({"B": 1.0}, df="normal"), "containment"),
        (lambda: m.contrast({"C": 1.0}), "period 2"),
        (lambda: m.contrast([1.0, 0.0]), "2 coefficients for 3 effects"),
        (lambda: m.contrast(np.eye(3)[:2]), "ftest"),
        (lambda: m.contrast([0.0, 0.0, 0.0]), "is 0"),
        (lambda: m.ftest("C"), "no such term"),
        (lambda: nested(crossover(), method="bayes"), "ml"),
        (lambda: nested(crossover(), information="guessed"), "observed"),
    ):
        with pytest.raises(DesignError, match=words):
            ask()
    with pytest.raises(DesignError, match="a, b"):
        check_choice("thing", "c", ("a", "b"))


def test_term_rows_pick_the_coefficients_of_a_term():
    np.testing.assert_array_equal(term_rows(nested(crossover()), "period 2"), [[0.0, 0.0, 1.0]])


def test_unstructured_cells_from_few_people_warn():
    columns = crossover(participants=14, seed=5)
    y, X, names = effects(columns)
    cell = [10 * p + v for p, v in zip(columns["period"], columns["visit"], strict=True)]
    residual = Residual(kind="un", unit=columns["participant"], position=cell)
    assert "unstable" in fit(y, X, names=names, residual=residual).warnings[0]


def test_an_interactive_fit_is_quick():
    """Below 50 ms of CPU for 26 people, 2 x 5 visits, with Kenward-Roger."""
    columns = crossover(participants=26, visits=5, missing=0.05)
    nested(columns)
    spent = []
    for _ in range(5):
        start = time.process_time()
        nested(columns).contrast({"B": 1.0})
        spent.append(time.process_time() - start)
    assert min(spent) < 0.05

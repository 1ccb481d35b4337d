import numpy as np
import pytest

from crossblock.domain.weighed import Outcome
from crossblock.weigh.account import Settings, tables_for
from crossblock.weigh.fraction import FractionCurve, fraction_curve
from crossblock.weigh.tables import SMALL, event_table
from crossblock.weigh.terms import Tables
from tests.weigh.small import outcome, rival, study

MOOD, EVENT = study("jelen-2025-mood"), study("williams-2018")
PLAIN = tables_for([MOOD, EVENT], Settings(axes=SMALL, trials=400))
TABLES = Tables(
    event={**PLAIN.event, f"{EVENT.id} naive": event_table(7, axes=SMALL, trials=400)},
    test=PLAIN.test,
)


def stat(t: float) -> Outcome:
    return Outcome(study=MOOD.id, value=np.asarray(t), se=np.zeros(()))


def test_a_larger_statistic_moves_the_fraction_up() -> None:
    r = rival("h1")
    middles = [fraction_curve(MOOD, stat(t), r, TABLES).quantiles()[1] for t in (0.0, 2.3, 5.0)]
    assert middles[0] < middles[1] < middles[2]
    assert middles[0] < 0.35


def test_selection_is_part_of_the_likelihood() -> None:
    """The same report allows other fractions when responders are taken as chosen beforehand."""
    r = rival("h1")
    honest = fraction_curve(EVENT, outcome(EVENT.id), r, TABLES)
    naive = fraction_curve(EVENT, outcome(EVENT.id), r, TABLES, selected=False)
    assert not np.allclose(honest.log_likelihood, naive.log_likelihood)
    low, middle, high = honest.quantiles()
    assert 0.0 <= low < middle < high <= 1.0


def test_two_curves_multiply_and_a_flat_one_changes_nothing() -> None:
    f = np.linspace(0, 1, 41)
    one = FractionCurve(study="a", fractions=f, log_likelihood=-50 * (f - 0.4) ** 2)
    flat = FractionCurve(study="b", fractions=f, log_likelihood=np.zeros(41))
    both = one.times(flat)
    assert both.quantiles() == pytest.approx(one.quantiles())
    assert both.most == pytest.approx(0.4)
    assert flat.quantiles() == pytest.approx((0.0125, 0.5, 0.9875), abs=0.02)
    assert abs(one.density.sum() - 1.0) < 1e-12

import numpy as np
import pytest

import crossblock as cb
from crossblock.stats.comparison import compare
from crossblock.stats.crossover import two_periods
from crossblock.stats.exact import _randomization
from crossblock.stats.question import questions
from tests.stats.blocked import williams
from tests.stats.table import expected
from tests.stats.test_crossover import senn


def test_senn_re_dealt_over_all_1716_allocations() -> None:
    found = _randomization(two_periods(senn(), "for", "sal"))
    rows = expected("senn_asthma_2x2", "exact randomisation test")
    value, tolerance = rows["two-sided p (|stat|>=|obs|)"]
    assert abs(found.p - value) <= tolerance
    assert "1,716 all" in found.sentence


def test_an_item_gets_sign_and_rank_tests_and_its_overlap_with_the_total() -> None:
    protocol, ratings, codes = williams(n=24, removed=0.5)
    item = protocol.endpoint("suicidality").score
    k, total = ratings.instruments.index(item), ratings.instruments.index("hamd17")
    score, observed = ratings.score.copy(), ratings.observed.copy()
    score[..., k] = np.clip(np.round(score[..., total] / 8.0), 0, 4)
    observed[..., k] = observed[..., total]
    object.__setattr__(ratings, "score", score)
    object.__setattr__(ratings, "observed", observed)
    estimand = protocol.estimand("blockade").model_copy(update={"endpoints": ("suicidality",)})
    tables = cb.derive_study(protocol, ratings, codes)
    instruments = {i: cb.read_instrument(i) for i in protocol.instrument_ids}
    found = compare(questions(protocol, tables, instruments, estimand)[0])
    names = {t.name: t for t in found.exact}
    assert set(names) == {"randomization test", "sign test", "rank-sum test by sequence"}
    assert "of the total's difference" in names["sign test"].sentence
    assert 0 < names["sign test"].p <= 1


def test_a_total_has_the_randomization_test_alone() -> None:
    protocol, ratings, codes = williams(n=12, removed=0.5)
    tables = cb.derive_study(protocol, ratings, codes)
    instruments = {i: cb.read_instrument(i) for i in protocol.instrument_ids}
    found = compare(questions(protocol, tables, instruments, protocol.estimand("blockade"))[0])
    (one,) = found.exact
    assert one.lower is not None
    assert one.lower < found.primary.value < (one.upper or 0)
    assert one.p == pytest.approx(found.primary.p, abs=0.05)

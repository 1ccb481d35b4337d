import numpy as np
import pytest

import crossblock as cb
from crossblock.core.errors import DesignError
from crossblock.core.streams import Stream
from crossblock.domain.table import AnalysisTable
from crossblock.stats.missing import Shift, shifted, tipping_point
from crossblock.stats.participants import all_participants
from tests.stats.test_study import nimh

CONDITIONS = {"test": "ketamine", "reference": "saline"}


@pytest.fixture(scope="module")
def table() -> AnalysisTable:
    return cb.derive_study(*nimh()).tables["madrs", "d2"]  # type: ignore[arg-type]


def test_no_shift_agrees_with_the_likelihood_under_missing_at_random(table: AnalysisTable) -> None:
    likelihood = all_participants(table, **CONDITIONS, label="x")
    imputed = shifted(
        table,
        **CONDITIONS,
        shift=Shift(condition="ketamine"),
        stream=Stream(1, "mi"),
        imputations=2000,
    )
    assert imputed.n == likelihood.n == 29
    # same model, so the same estimate up to Monte Carlo error of the imputations
    assert imputed.value == pytest.approx(likelihood.value, abs=0.15)
    assert imputed.se == pytest.approx(likelihood.se, rel=0.12)


def test_jumping_to_reference_pulls_toward_no_difference(table: AnalysisTable) -> None:
    plain, jump = (
        shifted(table, **CONDITIONS, shift=s, stream=Stream(1, "mi"))
        for s in (Shift(condition="ketamine"), Shift(condition="ketamine", jump_to_reference=True))
    )
    assert abs(jump.value) < abs(plain.value)


def test_the_tipping_point_is_where_the_interval_reaches_zero(table: AnalysisTable) -> None:
    deltas = [0.0, 10.0, 20.0, 30.0, 40.0, 60.0, 80.0, 120.0]
    found = tipping_point(
        table, **CONDITIONS, condition="ketamine", deltas=deltas, stream=Stream(1, "mi")
    )
    assert found.unseen == 5
    values = [e.value for e in found.estimates]
    assert values == sorted(values)  # worse unseen ketamine sessions shrink the effect
    assert found.point is not None
    tipped = found.estimates[deltas.index(found.point)]
    assert tipped.lower <= 0.0 <= tipped.upper
    assert found.estimates[0].upper < 0.0


def test_the_same_seed_gives_the_same_numbers(table: AnalysisTable) -> None:
    a, b = (
        shifted(table, **CONDITIONS, shift=Shift(condition="saline"), stream=Stream(4, "mi"))
        for _ in range(2)
    )
    assert a == b


def test_nobody_seen_twice_is_a_sentence(table: AnalysisTable) -> None:
    seen = table.observed.copy()
    seen[..., 1] = False
    with pytest.raises(DesignError, match="nobody was seen under both"):
        shifted(
            AnalysisTable(
                **{
                    **{f: getattr(table, f) for f in table.__dataclass_fields__},
                    "observed": np.asarray(seen),
                }
            ),
            **CONDITIONS,
            shift=Shift(condition="ketamine"),
            stream=Stream(1, "mi"),
        )

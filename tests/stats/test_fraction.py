import pytest

import crossblock as cb
from crossblock.core.errors import DesignError
from crossblock.stats.fraction import fraction
from crossblock.stats.question import questions
from tests.stats.test_families import analysis
from tests.stats.test_study import nimh


def test_a_stated_occupancy_gives_the_fraction_at_full_block() -> None:
    found = analysis(n=60, removed=0.5).fractions[0].fraction
    assert found.corrected is None
    assert found.form.name == "TWO"
    assert "neither" in str(found.form)


def test_a_study_without_a_blocked_condition_is_a_sentence() -> None:
    protocol, ratings, codes = nimh()
    instruments = {i: cb.read_instrument(i) for i in protocol.instrument_ids}
    tables = cb.derive_study(protocol, ratings, codes)  # type: ignore[arg-type]
    q = questions(protocol, tables, instruments, protocol.estimands[0])[0]
    with pytest.raises(DesignError, match="with and without the blocker"):
        fraction(q)

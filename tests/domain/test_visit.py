"""Visits: in every period or in some."""

import pytest
from pydantic import ValidationError

from crossblock.domain.visit import Visit

ROW = {"id": "v", "label": "V", "kind": "outcome", "time": "1 d"}


def test_a_visit_is_in_every_period_unless_it_names_some():
    assert all(Visit.model_validate(ROW).takes_place(p) for p in (1, 2, 7))
    once = Visit.model_validate({**ROW, "kind": "baseline", "periods": [1]})
    assert [once.takes_place(p) for p in (1, 2)] == [True, False]


def test_a_window_may_carry_its_source():
    window = {"earliest": "20 h", "latest": "28 h"}
    bare = Visit.model_validate({**ROW, "window": window}).window
    told = Visit.model_validate({**ROW, "window": {"value": window, "confidence": "memory"}}).window
    assert bare is not None
    assert told is not None
    assert bare.value == told.value
    assert (bare.amber, told.amber) == (False, True)


@pytest.mark.parametrize(
    "wrong", [{"periods": []}, {"periods": [0]}, {"kind": "phone"}, {"time": "1"}]
)
def test_impossible_visits_are_refused(wrong):
    with pytest.raises(ValidationError):
        Visit.model_validate({**ROW, **wrong})

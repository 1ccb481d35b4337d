"""Estimands name conditions, people and what happens to events on the way."""

import pytest
from pydantic import ValidationError

from crossblock.domain.estimand import Estimand

ROW = {
    "id": "blockade",
    "label": "Blocked minus open",
    "test": "blocked",
    "reference": "open",
    "endpoints": ["mood"],
    "population": "everyone randomized",
}


def test_an_estimand_with_an_intercurrent_event():
    event = {"event": "dropout", "strategy": "hypothetical", "handling": "missing at random"}
    found = Estimand.model_validate({**ROW, "intercurrent": [event]})
    assert found.measure == "mean difference"
    assert found.intercurrent[0].strategy == "hypothetical"


@pytest.mark.parametrize("wrong", [{"endpoints": []}, {"measure": "p value"}, {"test": None}])
def test_half_an_estimand_is_refused(wrong):
    with pytest.raises(ValidationError):
        Estimand.model_validate({**ROW, **wrong})

"""Costs are never negative and have one currency."""

import pytest
from pydantic import ValidationError

from crossblock.domain.costs import Costs


def test_costs():
    costs = Costs.model_validate({"currency": "EUR", "per_participant": 4000, "fixed": 0})
    assert costs.per_participant is not None
    assert costs.per_participant.value == 4000.0


@pytest.mark.parametrize("wrong", [{"currency": "euro"}, {"fixed": -1}, {"fixed": float("inf")}])
def test_impossible_costs_are_refused(wrong):
    with pytest.raises(ValidationError):
        Costs.model_validate({"currency": "EUR", **wrong})

"""Eligibility as registered and as run."""

import pytest
from pydantic import ValidationError

from crossblock.domain.population import Population


def test_registered_and_run_stand_apart():
    who = Population.model_validate(
        {
            "label": "adults",
            "registered": {"failed_treatments": 2, "exclusion": ["psychosis"]},
            "as_run": {"failed_treatments": {"value": 4, "confidence": "memory"}},
        }
    )
    assert who.registered.failed_treatments is not None
    assert who.as_run is not None
    assert who.as_run.failed_treatments is not None
    assert (who.registered.failed_treatments.value, who.as_run.failed_treatments.value) == (2, 4)
    assert who.registered.exclusion[0].value == "psychosis"


@pytest.mark.parametrize("wrong", [{"age_min": -1}, {"age_max": 121}, {"failed_treatments": 51}])
def test_impossible_numbers_are_refused(wrong):
    with pytest.raises(ValidationError):
        Population.model_validate({"label": "adults", "registered": wrong})

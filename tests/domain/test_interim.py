"""Looks and the rules that stop a trial, harm with its own."""

import pytest
from pydantic import ValidationError

from crossblock.domain.interim import Interim, StoppingRule

RULE = {"purpose": "harm", "endpoint": "nausea", "boundary": "fixed"}


def test_looks_count_people_and_rules_have_their_own_endpoints():
    interim = Interim.model_validate(
        {
            "counts": "completed",
            "looks": [14, {"value": 22, "confidence": "assumed"}],
            "rules": [{**RULE, "threshold": 0.3, "scale": "fraction"}],
        }
    )
    assert [look.value for look in interim.looks] == [14, 22]
    assert interim.rules[0].threshold is not None
    assert interim.rules[0].threshold.value == 0.3


@pytest.mark.parametrize("missing", [{}, {"threshold": 0.3}, {"scale": "fraction"}])
def test_a_fixed_rule_needs_threshold_and_scale(missing):
    with pytest.raises(ValidationError, match="fixed stopping rule"):
        StoppingRule.model_validate({**RULE, **missing})


def test_judgment_needs_no_number():
    assert StoppingRule.model_validate({**RULE, "boundary": "judgment"}).threshold is None


@pytest.mark.parametrize("alpha", [0, 1, -0.1, float("nan")])
def test_alpha_is_a_probability(alpha):
    with pytest.raises(ValidationError):
        StoppingRule.model_validate({**RULE, "boundary": "Pocock", "alpha": alpha})

"""The plan: models per estimand, level, carryover shown and never a selector."""

import pytest
from pydantic import ValidationError

from crossblock.domain.plan import AnalysisPlan

ROW = {"estimand": "e", "model": "complete pairs", "role": "primary"}


def test_defaults():
    plan = AnalysisPlan.model_validate({"analyses": [ROW]})
    assert (plan.level, plan.carryover, plan.baseline) == (0.95, "shown", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": 95},
        {"level": 0.5},
        {"level": float("nan")},
        {"carryover": "tested first"},
        {"analyses": []},
        {"analyses": [{**ROW, "model": "anova"}]},
    ],
)
def test_what_is_no_plan_is_refused(wrong):
    with pytest.raises(ValidationError):
        AnalysisPlan.model_validate({"analyses": [ROW], **wrong})

"""Periods and sequences say what kind of study it is."""

import pytest
from pydantic import ValidationError

from crossblock.domain.design import Design


@pytest.mark.parametrize(
    ("periods", "sequences", "kind"),
    [
        (2, [["a", "b"], ["b", "a"]], "crossover"),
        (3, [["a", "b", "c"]], "crossover"),
        (1, [["a"], ["b"], ["c"]], "parallel"),
        (1, [["a"]], "single arm"),
    ],
)
def test_kind(periods, sequences, kind):
    rows = [{"id": f"s{i}", "conditions": s} for i, s in enumerate(sequences)]
    assert Design.model_validate({"periods": periods, "sequences": rows}).kind == kind


@pytest.mark.parametrize("periods", [0, 33, 1.5])
def test_periods_are_few_and_whole(periods):
    with pytest.raises(ValidationError):
        Design.model_validate({"periods": periods, "sequences": [{"id": "s", "conditions": ["a"]}]})

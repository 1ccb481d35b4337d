"""The comparator and what gives it away."""

import pytest
from pydantic import ValidationError

from crossblock.domain.comparator import Comparator


def test_what_reveals_the_condition_is_kept_with_its_confidence():
    found = Comparator.model_validate(
        {
            "kind": "active placebo",
            "administrations": ["midazolam"],
            "reveals": [{"value": "sedation", "confidence": "assumed"}],
        }
    )
    assert found.kind.value == "active placebo"
    assert found.reveals[0].amber


def test_another_kind_is_refused():
    with pytest.raises(ValidationError):
        Comparator.model_validate({"kind": "homeopathic"})

"""The randomization scheme as a protocol writes it."""

import pytest
from pydantic import ValidationError

from crossblock.domain.scheme import Scheme


def test_a_scheme_with_strata():
    scheme = Scheme.model_validate(
        {
            "method": {"value": "permuted blocks", "confidence": "assumed"},
            "ratio": [2, 1],
            "block_sizes": [3, 6],
            "strata": [{"id": "sex", "levels": ["f", "m"]}],
        }
    )
    assert scheme.method.amber
    assert scheme.strata[0].levels == ("f", "m")


@pytest.mark.parametrize(
    "wrong", [{"method": "coin"}, {"ratio": [0, 1]}, {"block_sizes": [1]}, {"seed": 1}]
)
def test_what_is_no_scheme_is_refused(wrong):
    with pytest.raises(ValidationError):
        Scheme.model_validate({"method": "simple", **wrong})

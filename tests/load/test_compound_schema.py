import pytest
from pydantic import ValidationError

from crossblock.load.compound_schema import CompoundFile, Number

GOOD = {"value": 1, "unit": "h", "source": "x", "confidence": "read"}


def test_an_integer_is_a_number_and_text_is_not():
    assert Number.model_validate(GOOD).value == 1.0
    with pytest.raises(ValidationError):
        Number.model_validate(GOOD | {"value": "1"})


@pytest.mark.parametrize("key", ["value", "unit", "source", "confidence"])
def test_a_number_needs_its_four_parts(key):
    with pytest.raises(ValidationError, match=key):
        Number.model_validate({k: v for k, v in GOOD.items() if k != key})


def test_a_coefficient_of_variation_is_a_fraction():
    with pytest.raises(ValidationError):
        Number.model_validate(GOOD | {"cv": -0.1})


def test_the_schema_key_is_required():
    with pytest.raises(ValidationError, match="schema"):
        CompoundFile.model_validate({"id": "x", "title": "x", "kind": "drug", "summary": ""})

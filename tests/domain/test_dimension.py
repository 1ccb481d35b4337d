"""Quantities as fields: text with a unit in, canonical numbers inside, canonical text out."""

import pytest
from pydantic import ValidationError

from crossblock.core.quantity import parse
from crossblock.domain.dimension import Amount, Time, canonical
from crossblock.domain.model import Model


class Given(Model):
    at: Time
    dose: Amount


def test_text_becomes_canonical_units():
    given = Given.model_validate({"at": "45 min", "dose": "0.5 g"})
    assert (given.at.value, given.at.unit) == (0.75, "h")
    assert (given.dose.value, given.dose.unit) == (500.0, "mg")
    assert str(given.at) == "45 min"


def test_a_quantity_passes_as_it_is():
    at = parse("2 d", dimension="time")
    assert Given.model_validate({"at": at, "dose": "1 mg/kg"}).at is at


@pytest.mark.parametrize("at", ["45", 45, "45 mg", "45 minits", "nan h", "1e400 h", None, ["1 h"]])
def test_anything_else_is_refused_with_reason_and_fix(at):
    with pytest.raises(ValidationError) as caught:
        Given.model_validate({"at": at, "dose": "1 mg"})
    (error,) = caught.value.errors()
    assert error["ctx"]["why"] == "a time is expected here"
    assert error["ctx"]["fix"]


def test_json_holds_canonical_text_that_reads_back():
    given = Given.model_validate({"at": "40 min", "dose": "100 ug"})
    again = Given.model_validate(given.model_dump(mode="json"))
    assert again.at.value == given.at.value
    assert again.dose.value == given.dose.value
    assert canonical(given.at) == f"{40 / 60!r} h"

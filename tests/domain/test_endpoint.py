"""Endpoints belong to one of five families and name the score they read."""

import pytest
from pydantic import ValidationError

from crossblock.domain.endpoint import Endpoint

ROW = {
    "id": "e",
    "label": "E",
    "instrument": "hamd17",
    "family": "efficacy",
    "role": "primary",
    "visit": "d1",
}


def test_the_score_is_the_total_or_an_item():
    assert Endpoint.model_validate(ROW).score == "hamd17"
    assert Endpoint.model_validate({**ROW, "item": "item3"}).score == "hamd17.item3"


@pytest.mark.parametrize("wrong", [{"family": "mood"}, {"role": "main"}, {"visit": "Day 1"}])
def test_other_words_are_refused(wrong):
    with pytest.raises(ValidationError):
        Endpoint.model_validate({**ROW, **wrong})

"""Who is blind to what."""

import pytest
from pydantic import ValidationError

from crossblock.domain.blinding import Blinding


def test_a_role_that_is_not_named_knows_everything():
    blinding = Blinding.model_validate(
        {
            "masking": "double-blind",
            "roles": [{"role": "outcome rater", "blind_to": ["condition", "earlier scores"]}],
        }
    )
    assert blinding.blind_to("outcome rater") == ("condition", "earlier scores")
    assert blinding.blind_to("pharmacist") == ()
    assert Blinding.model_validate({"masking": "none"}).blind_to("participant") == ()


@pytest.mark.parametrize(
    "row", [{"role": "nurse", "blind_to": ["condition"]}, {"role": "monitor", "blind_to": []}]
)
def test_unknown_roles_and_empty_lists_are_refused(row):
    with pytest.raises(ValidationError):
        Blinding.model_validate({"masking": "x", "roles": [row]})

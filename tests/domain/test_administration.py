"""What is given: doses in canonical units, placebos that hold nothing, repeats."""

import pytest
from pydantic import ValidationError

from crossblock.domain.administration import Administration
from crossblock.domain.dose import Dose, Route

DRUG = {
    "id": "drug",
    "label": "Ketamine",
    "role": "drug",
    "compound": "ketamine",
    "dose": "0.5 mg/kg",
    "route": "iv",
    "start": "45 min",
    "duration": "40 min",
}


def test_a_drug_gives_one_dose_in_canonical_units():
    (dose,) = Administration.model_validate(DRUG).doses()
    assert dose == Dose(start_h=0.75, amount=0.5, route=Route.IV, duration_h=40 / 60, per_kg=True)


def test_repeats_follow_each_other():
    weekly = {**DRUG, "repeat": {"every": "7 d", "count": 4}}
    doses = Administration.model_validate(weekly).doses()
    assert [d.start_h for d in doses] == [0.75, 168.75, 336.75, 504.75]


def test_a_placebo_gives_nothing():
    placebo = {k: v for k, v in DRUG.items() if k not in ("compound", "dose")}
    placebo |= {"role": "placebo", "vehicle": "saline"}
    found = Administration.model_validate(placebo)
    assert found.doses() == ()
    assert found.duration_h == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"compound": None}, "a drug without its compound"),
        ({"dose": None, "compound": None}, "a drug without its compound and dose"),
        ({"role": "placebo"}, "a placebo has a compound"),
        ({"duration": "-5 min"}, "ends before it starts"),
        ({"repeat": {"every": "-1 d", "count": 2}}, "backward"),
        ({"dose": "-1 mg"}, "negative"),
        ({"route": "ear"}, "Input should be"),
        ({"repeat": {"every": "1 d", "count": 10**9}}, "less than or equal to 1000"),
    ],
)
def test_what_cannot_be_given_is_refused(change, what):
    with pytest.raises(ValidationError, match=what):
        Administration.model_validate({**DRUG, **change})

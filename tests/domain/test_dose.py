import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.domain.dose import Dose, Route


def test_a_dose_per_kilogram_follows_the_person():
    dose = Dose(start_h=0, amount=0.5, route=Route.IV, duration_h=2 / 3, per_kg=True)
    assert dose.mg(np.array([60.0, 80.0])).tolist() == [30.0, 40.0]
    assert Dose(start_h=0, amount=50, route=Route.ORAL).mg(70.0) == 50


@pytest.mark.parametrize(
    ("key", "value"),
    [("amount", -1.0), ("amount", float("nan")), ("duration_h", -0.1), ("start_h", float("inf"))],
)
def test_an_impossible_dose_is_refused_with_its_value(key, value):
    with pytest.raises(InputError) as caught:
        Dose(**({"start_h": 0.0, "amount": 1.0, "route": Route.IV} | {key: value}))
    assert repr(value) in str(caught.value)
    assert key.split("_")[0] in caught.value.problems[0].what


def test_all_problems_are_listed_at_once():
    with pytest.raises(InputError) as caught:
        Dose(start_h=float("nan"), amount=-1, route=Route.IV, duration_h=-1)
    assert len(caught.value.problems) == 3

from dataclasses import FrozenInstanceError

import pytest

from crossblock.domain.onboard import Medication


def test_a_medication_without_doses_is_a_name_and_stays_as_it_is() -> None:
    taken = Medication(compound="methadone")
    assert taken.doses == ()
    assert taken.level is None
    with pytest.raises(FrozenInstanceError):
        taken.compound = "naltrexone"  # type: ignore[misc]

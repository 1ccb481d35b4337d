import numpy as np
import pytest

from crossblock.domain.blockade_plan import OwnHold, Shift
from crossblock.domain.receptor import ReceptorId


def test_a_shift_keeps_what_it_is_given_and_cannot_be_changed() -> None:
    level = np.array([1.0])
    shift = Shift(
        receptor=ReceptorId.MU,
        at_h=0.75,
        dose_ratio=(8.4, 2.8, 31.0),
        level=level,
        alone=level / 2,
        blocked=level / 9.4,
        low=level / 32,
        high=level / 3.8,
        own=(OwnHold(receptor=ReceptorId.MU, alone=0.006, blocked=0.0006),),
    )
    assert shift.own[0].blocked < shift.own[0].alone
    with pytest.raises(AttributeError):
        shift.at_h = 1.0  # type: ignore[misc]

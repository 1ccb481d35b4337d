import dataclasses

import pytest

from crossblock.domain.precision import Precision


def test_a_precision_is_a_value() -> None:
    names = [f.name for f in dataclasses.fields(Precision)]
    found = Precision(**dict.fromkeys(names, 0.5))
    assert found == Precision(**dict.fromkeys(names, 0.5))
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.low = 0.0  # type: ignore[misc]

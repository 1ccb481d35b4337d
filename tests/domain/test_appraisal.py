import dataclasses

import pytest

from crossblock.domain.appraisal import Published


def test_what_was_printed_is_not_changed_afterwards() -> None:
    published = Published(n=26, F=5.39, df=74)
    with pytest.raises(dataclasses.FrozenInstanceError):
        published.n = 27  # type: ignore[misc]
    assert published.periods == 2

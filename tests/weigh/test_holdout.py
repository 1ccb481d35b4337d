import hashlib
from dataclasses import replace

import pytest

from crossblock.core.errors import InputError
from crossblock.domain.predicted import Predicted
from crossblock.weigh.holdout import sealed

FIGURE = Predicted(
    study="s", title="A study", label="mean", unit="points", middle=1.0, low=0.0, high=2.0
)


def test_the_hash_is_of_the_text_and_changes_with_any_figure() -> None:
    one = sealed("split", [FIGURE])
    assert one.sha256 == hashlib.sha256(one.text.encode()).hexdigest()
    assert sealed("split", [replace(FIGURE, middle=1.1)]).sha256 != one.sha256
    assert "observed" not in one.text


def test_a_prediction_that_has_seen_its_outcome_is_refused() -> None:
    with pytest.raises(InputError, match="already carries its outcome"):
        sealed("split", [replace(FIGURE, observed=1.2)])

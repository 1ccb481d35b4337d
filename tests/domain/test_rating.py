from dataclasses import replace

import numpy as np
import pytest

from crossblock.core.errors import RatingsError
from tests.stats.test_derive import study


def test_one_instrument_at_one_visit_and_one_trial_of_many() -> None:
    ratings, _ = study()
    score, seen = ratings.at("day1", "madrs")
    assert score.shape == seen.shape == (2, 3, 2)
    single = ratings.trial(1)
    assert single.n_trials == 1
    assert np.array_equal(single.at("day1", "madrs")[0][0], score[1])


def test_arrays_that_do_not_fit_and_scores_that_are_no_numbers_are_refused() -> None:
    ratings, _ = study()
    with pytest.raises(RatingsError, match="do not fit together: enrolled"):
        replace(ratings, enrolled=ratings.enrolled[:1])
    with pytest.raises(RatingsError, match="not a finite number"):
        replace(ratings, score=np.full_like(ratings.score, np.nan))

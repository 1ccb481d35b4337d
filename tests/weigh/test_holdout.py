from dataclasses import replace

import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.domain.predicted import Predicted
from crossblock.domain.weighed import Outcome, WeighedStudy, check_fit, split
from crossblock.weigh.holdout import compared, ratings_values, sealed
from tests.weigh.small import STUDIES, outcome, ratings, study


def figure(**more: object) -> Predicted:
    plain = Predicted(
        study="murrough-2013",
        title="Murrough 2013",
        label="ketamine, day 1",
        unit="points lost",
        middle=15.0,
        low=9.0,
        high=20.0,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def test_a_held_out_study_in_a_fit_is_an_error() -> None:
    with pytest.raises(InputError, match="asked to be fitted"):
        check_fit(STUDIES, ["lii-2023", "yoon-2025"])
    both = split(STUDIES, STUDIES.families)
    assert {s.id for s in check_fit(STUDIES, both.fit)} == set(both.fit)
    assert "yoon-2025" in both.held
    assert "jelen-2025-mood" in split(STUDIES, ["williams"]).held


def test_outcomes_are_read_after_the_hash_and_not_before() -> None:
    order: list[str] = []

    def read(s: WeighedStudy) -> Outcome:
        order.append(f"read {s.id}")
        return outcome(s.id)

    prediction = sealed("both", [figure()])
    order.append(f"hashed {prediction.sha256[:4]}")
    (found,) = compared(prediction, {"murrough-2013": study("murrough-2013")}, read)
    assert order[0].startswith("hashed")
    assert found.observed == 16.5  # -16.5 points in the abstract
    assert "abstract" in found.cited


def test_a_prediction_that_was_changed_is_refused() -> None:
    prediction = sealed("both", [figure()])
    changed = replace(prediction, text=prediction.text.replace("15.0", "16.5"))
    with pytest.raises(InputError, match="changed after it was hashed"):
        compared(changed, {}, lambda s: outcome(s.id))


def test_a_prediction_with_an_outcome_is_refused() -> None:
    with pytest.raises(InputError, match="already carries its outcome"):
        sealed("both", [figure(observed=16.5)])


@pytest.mark.parametrize(
    ("id", "label", "unit", "value"),
    [
        ("williams-2018", "responders", "people", 7.0),
        ("williams-2018", "significant among responders", "probability", 1.0),
        ("jelen-2025-mood", "loss of effect", "fraction", None),
        ("yoon-2025", "ketamine beats midazolam", "probability", 0.0),
        ("karma-dep-2", "difference of arms", "points", -3.16),
        ("abdallah-2020", "after rapamycin, day 14", "share responding", 0.41),
    ],
)
def test_each_figure_meets_the_row_that_states_it(
    id: str, label: str, unit: str, value: float | None
) -> None:
    prediction = sealed("both", [figure(study=id, label=label, unit=unit)])
    (found,) = compared(prediction, {id: study(id)}, lambda s: outcome(s.id))
    assert found.observed == value


def test_patient_level_figures() -> None:
    y = ratings().ratings
    assert y is not None
    found = ratings_values(study("nimh-day-2"), ratings())
    assert found["ketamine, mean"] == pytest.approx(np.nanmean(y[:, 0]))
    assert found["saline, SD"] == pytest.approx(np.nanstd(y[:, 1], ddof=1))

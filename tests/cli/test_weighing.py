"""What the verb `weigh` joins: one real account from a tiny bank, and what it refuses before."""

import hashlib
import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crossblock.cli import weighing
from crossblock.cli.weighing import Sizes, Sources, assembled, outcome, priors_in_words
from crossblock.core.errors import InputError
from crossblock.domain.account import Account
from crossblock.domain.evidence import Evidence
from crossblock.domain.fact import Confidence
from crossblock.domain.predicted import Fate
from crossblock.load import evidence
from crossblock.load import weighing as load

FEW = ("lii-2023", "trials-2016", "wilkinson-2019", "nimh-day-10")


def sources(folder: Path, **fields: object) -> Sources:
    plain = Sources(
        evidence=evidence.shipped(),
        weighing=load.shipped(),
        without=FEW,
        folder=folder / "bank",
        predictions=folder / "predictions",
        workers=1,
        seed=1,
        sizes=Sizes(size=24, each=8, small=True),
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Account, Path]:
    folder = tmp_path_factory.mktemp("weighed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weighing, "MECHANISMS", ("h1", "h3a", "h5"))
        return assembled(sources(folder), lambda words: nullcontext()), folder


def test_an_account_has_its_odds_and_every_study_but_those_left_out(
    made: tuple[Account, Path],
) -> None:
    account = made[0]
    assert sum(r.probability for r in account.odds.rows) == pytest.approx(1.0)
    assert {s.id for s in account.studies}.isdisjoint(FEW)
    assert [c.study for c in account.checks] == [
        "nimh-day-2", "williams-2018", "jelen-2025-mood", "jelen-2025-glx"
    ]  # fmt: skip


def test_prediction_files_carry_the_hash_that_the_account_states(
    made: tuple[Account, Path],
) -> None:
    account, folder = made
    files = [p.read_bytes() for p in sorted((folder / "predictions").glob("*.json"))]
    assert {hashlib.sha256(f).hexdigest() for f in files} == {h.sha256 for h in account.held_out}
    for text in files:
        assert "observed" not in json.dumps(json.loads(text))


def test_held_out_studies_are_predicted_and_compared(made: tuple[Account, Path]) -> None:
    figures = [f for h in made[0].held_out for f in h.figures]
    studies = {f.study for f in figures}
    assert {"murrough-2013", "abdallah-2020", "yoon-2025", "karma-dep-2"} <= studies
    told = [f for f in figures if f.fate is not Fate.NOT_OBSERVED]
    assert all(f.cited for f in told)


def with_tag(study: str, tag: Confidence) -> Evidence:
    found = evidence.shipped()
    rows = tuple(replace(r, confidence=tag) if r.study == study else r for r in found.rows)
    return replace(found, rows=rows)


def test_rows_from_memory_stop_a_weighing_before_anything_is_computed(tmp_path: Path) -> None:
    remembered = sources(tmp_path, evidence=with_tag("Jelen 2025", Confidence.MEMORY))
    for secondary in (False, True):
        with pytest.raises(InputError, match="nobody read this number"):
            assembled(replace(remembered, secondary=secondary), lambda words: nullcontext())
    assert not (tmp_path / "bank").exists()


def test_secondary_rows_are_fitted_only_in_the_run_that_says_so() -> None:
    second = with_tag("Williams 2018", Confidence.SECONDARY)
    study = load.shipped().study("williams-2018")
    with pytest.raises(InputError, match="secondary source"):
        outcome(study, second)
    assert float(outcome(study, second, secondary=True).value) == 7.0


def test_a_held_out_study_may_rest_on_a_secondary_row_for_comparison() -> None:
    found = outcome(load.shipped().study("karma-dep-2"), evidence.shipped())
    assert found.rows[0].confidence is Confidence.SECONDARY


def test_patient_level_ratings_become_shares_lost() -> None:
    found = outcome(load.shipped().study("nimh-day-2"), evidence.shipped())
    assert found.ratings is not None
    assert found.ratings.shape[1] == 2
    assert np.nanmax(found.ratings) <= 1.0
    assert np.nanmean(found.ratings[:, 0]) > np.nanmean(found.ratings[:, 1])


def test_an_unknown_study_to_leave_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="use one of: nimh-day-2"):
        assembled(sources(tmp_path, without=("wiliams",)), lambda words: nullcontext())


def test_every_prior_is_amber_with_its_reason() -> None:
    priors = priors_in_words(("h1", "h3a"))
    assert len({p.key for p in priors}) == len(priors)
    assert all(p.reason and "prior 95\u202f%" in p.value for p in priors)
    assert {p.how for p in priors} <= {"assumed", "memory"}
    assert not [p.what for p in priors if p.what.endswith("of the mechanisms")]

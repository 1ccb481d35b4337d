"""A virtual study leaves the bundle of a real one, and its list opens only with the key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from crossblock.cli.virtual import virtual_study
from crossblock.core.errors import AllocationError, OutputError
from crossblock.domain.protocol import Protocol
from crossblock.load import bundle
from crossblock.load.codelist import open_sealed, read_open
from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.load.sealed import new_key
from crossblock.simulate.trial import Trials, simulate
from crossblock.simulate.world import prepare
from tests.cli.running import run

SEED = 4


def keep_key(path: Path) -> str:
    """Write a new key to a file and return its recipient."""
    secret, recipient = new_key()
    path.write_text(secret)
    return recipient


@pytest.fixture
def made() -> tuple[Protocol, Trials]:
    protocol = read("williams-2018")
    told = truth().with_values({"fraction": 0.28})
    return protocol, simulate(prepare(protocol, told, 12), np.array([3]), SEED)


def test_the_bundle_holds_the_ratings_and_the_sealed_list(
    made: tuple[Protocol, Trials], tmp_path: Path
) -> None:
    protocol, trial = made
    key = tmp_path / "key"
    recipient = keep_key(key)
    told = truth().with_values({"fraction": 0.28})
    folder = tmp_path / "study"
    virtual_study(
        protocol, "williams-2018", told, folder, recipients=[recipient], seed=SEED, trial=3,
        people=12,
    )  # fmt: skip
    found = bundle.read(folder)
    assert found.manifest["virtual"] is True
    assert found.ratings.participants == trial.ratings.participants
    shape = found.ratings.score.shape
    assert shape == trial.ratings.score.shape
    assert (found.ratings.score == trial.ratings.score).all()
    assert (found.ratings.observed == trial.ratings.observed).all()
    opened = open_sealed(found, key)
    assert (opened.sequence == trial.codelist.sequence).all()
    with pytest.raises(AllocationError, match="sealed"):
        read_open(folder, protocol)


def test_nothing_is_overwritten(made: tuple[Protocol, Trials], tmp_path: Path) -> None:
    protocol, _ = made
    with pytest.raises(OutputError, match="exists already"):
        virtual_study(
            protocol, "williams-2018", truth(), tmp_path,
            recipients=[keep_key(tmp_path / "key")], seed=1, people=12,
        )  # fmt: skip


def test_the_verb_asks_for_somebody_who_can_open_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ran = run(capsys, "simulate", "williams-2018", "--n", "12", "--study", str(tmp_path / "s"))
    assert ran.status == 2
    assert "--recipient" in ran.err
    recipient = keep_key(tmp_path / "key")
    done = run(
        capsys, "simulate", "williams-2018", "--n", "12", "--study", str(tmp_path / "s"),
        "--recipient", recipient,
    )  # fmt: skip
    assert done.status == 0
    assert (tmp_path / "s" / "manifest.json").exists()

from pathlib import Path

import numpy as np
import pytest

from crossblock.core.errors import OutputError
from crossblock.weigh import posterior
from crossblock.weigh.posterior import calibrate
from crossblock.weigh.store import code, load, save
from crossblock.weigh.terms import Tables
from tests.weigh.small import bank, outcome, study


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    save(tmp_path / "deep", "a", {"x": np.arange(3.0)})
    found = load(tmp_path / "deep", "a")
    assert found is not None
    assert np.array_equal(found["x"], np.arange(3.0))
    assert load(tmp_path, "b") is None
    assert load(None, "a") is None
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["a.npz"]  # nothing half done


def test_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 not an archive")
    assert load(tmp_path, "a") is None
    save(tmp_path, "c", {"x": np.arange(1000.0)})
    whole = (tmp_path / "c.npz").read_bytes()
    (tmp_path / "c.npz").write_bytes(whole[: len(whole) // 2])
    assert load(tmp_path, "c") is None


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="another folder"):
        save(file, "a", {"x": np.zeros(1)})


def test_what_other_code_made_has_another_name() -> None:
    assert code("tempering") == code("tempering")
    assert len({code("tempering"), code("terms"), code("terms", "tempering")}) == 3


def test_a_cloud_of_other_moves_is_not_taken_for_one_of_these(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study_ = study("wilkinson-2019")
    found = {study_.id: outcome(study_.id)}

    def calibrated() -> int:
        calibrate(
            bank(), (study_,), found, Tables(event={}, test={}), each=8, sweeps=1, folder=tmp_path
        )
        return len(list(tmp_path.glob("*.npz")))

    first = calibrated()
    assert calibrated() == first
    monkeypatch.setattr(posterior, "code", lambda *modules: "other moves")
    assert calibrated() == 2 * first

from pathlib import Path

import numpy as np
import pytest

from crossblock.core.errors import OutputError
from crossblock.weigh.store import load, save


def test_what_is_kept_comes_back_and_half_files_count_as_none(tmp_path: Path) -> None:
    save(tmp_path / "bank", "a", {"R": np.arange(6.0).reshape(2, 3)})
    kept = load(tmp_path / "bank", "a")
    assert kept is not None
    assert np.array_equal(kept["R"], np.arange(6.0).reshape(2, 3))
    whole = (tmp_path / "bank" / "a.npz").read_bytes()
    (tmp_path / "bank" / "a.npz").write_bytes(whole[: len(whole) // 2])
    assert load(tmp_path / "bank", "a") is None
    assert load(tmp_path / "bank", "never") is None
    assert load(None, "a") is None


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="could not be kept"):
        save(tmp_path / "file" / "below", "a", {"R": np.zeros(1)})

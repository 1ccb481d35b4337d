import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from crossblock.cli.output import plain, print_json, write
from crossblock.core.errors import OutputError


@dataclass(frozen=True)
class Thing:
    low: float
    values: np.ndarray


def test_infinities_are_words_and_arrays_are_lists(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"thing": Thing(-np.inf, np.array([1.0, 2.0])), 3: (None, True, "−")})
    found = json.loads(capsys.readouterr().out)
    assert found == {"thing": {"low": "-inf", "values": [1.0, 2.0]}, "3": [None, True, "−"]}


def test_nan_never_leaves_silently() -> None:
    with pytest.raises(OutputError, match="not a number"):
        plain({"x": float("nan")})


def test_a_file_is_whole_or_absent(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "report.html"
    write(target, "first")
    write(target, "second")
    assert target.read_text() == "second"
    assert [p.name for p in target.parent.iterdir()] == ["report.html"]


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="could not be written"):
        write(tmp_path / "file" / "below.html", "text")
    assert (tmp_path / "file").read_text() == "x"

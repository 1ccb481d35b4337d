"""An envelope opens with its key, and a letter in the wrong envelope is noticed."""

import json
from pathlib import Path

import pytest

from crossblock.cli.sealing import make_allocation
from crossblock.core.errors import AllocationError
from crossblock.load.envelope import open_envelope
from crossblock.load.protocol import read as read_protocol
from crossblock.load.sealed import new_key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    secret, key = new_key()
    (tmp_path / "key").write_text(secret)
    make_allocation(
        read_protocol("nimh-ketamine-saline"),
        tmp_path / "list",
        recipients=[key, new_key()[1]],
        slots_per_stratum=4,
    )
    return tmp_path


def test_open(folder: Path) -> None:
    letter = open_envelope(folder / "list/envelopes/slot-0001.json", folder / "key")
    assert letter["slot"] == 1
    assert letter["sequence"] in {"ketamine-first", "saline-first"}
    assert "salt" not in letter


def test_a_swapped_letter_is_noticed(folder: Path) -> None:
    first, second = (folder / f"list/envelopes/slot-000{n}.json" for n in (1, 2))
    cover = json.loads(first.read_text())
    cover["age"] = json.loads(second.read_text())["age"]
    first.write_text(json.dumps(cover))
    with pytest.raises(AllocationError, match="another slot than the envelope"):
        open_envelope(first, folder / "key")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "crossblock/envelope/1", "age": "?"}']
)
def test_not_an_envelope(folder: Path, text: str) -> None:
    (folder / "x.json").write_text(text)
    with pytest.raises(AllocationError, match="not a sealed envelope"):
        open_envelope(folder / "x.json", folder / "key")

"""The public folder is read whole, and every change to it is noticed."""

import json
from pathlib import Path

import pytest

from crossblock.cli.sealing import make_allocation
from crossblock.core.errors import AllocationError
from crossblock.load.allocation import kits_csv, read_allocation, read_kits
from crossblock.load.protocol import read as read_protocol
from crossblock.load.sealed import new_key

PROTOCOL = read_protocol("nimh-ketamine-saline")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys = [new_key()[1], new_key()[1]]
    make_allocation(PROTOCOL, tmp_path / "list", recipients=keys, slots_per_stratum=8)
    return tmp_path / "list"


def test_read(folder: Path) -> None:
    found = read_allocation(folder)
    assert found.protocol_sha256 == PROTOCOL.sha256
    assert (
        found.sealed.commitment == json.loads((folder / "manifest.json").read_text())["commitment"]
    )
    assert found.sealed.slots == len(found.slots) == len(found.envelopes)
    assert {s.stratum for s in found.slots} == {"all"}
    assert read_kits(kits_csv(found.slots), "again") == found.slots


@pytest.mark.parametrize("name", ["kits.csv", "mapping.age", "envelopes/slot-0003.json"])
def test_a_changed_file_is_named(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(AllocationError, match=f"list/{name}: this file is not the one"):
        read_allocation(folder)


def test_a_missing_envelope_is_named(folder: Path) -> None:
    (folder / "envelopes/slot-0002.json").unlink()
    with pytest.raises(AllocationError, match="slot-0002"):
        read_allocation(folder)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "crossblock/allocation/1", "files": 3}', "nul\0"]
)
def test_no_manifest(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    with pytest.raises(AllocationError, match="not the manifest"):
        read_allocation(folder)


def test_a_manifest_cannot_name_files_outside(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["../../etc/passwd"] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(AllocationError, match="not the manifest"):
        read_allocation(folder)


@pytest.mark.parametrize("bad", ["1,all,1,AAAA-AAAA,2345-6789", "x,all,1", "1,all,1,2222-2222"])
def test_wrong_kits_are_named_by_line(bad: str) -> None:
    with pytest.raises(AllocationError, match=r"k\.csv, line 2: this row names a kit"):
        read_kits(f"slot,stratum,place,kit_1,spare_1\n{bad}\n", "k.csv")


def test_a_kit_twice(folder: Path) -> None:
    slots = read_allocation(folder).slots
    text = kits_csv((slots[0], slots[1])).replace(slots[1].kits[0], slots[0].kits[0])
    with pytest.raises(AllocationError, match="line 3"):
        read_kits(text, "k.csv")

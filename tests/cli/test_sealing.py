"""The sealed list: what is public tells nothing, what is sealed is exactly what was drawn."""

import csv
import hashlib
import io
import json
import secrets
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from crossblock.cli.sealing import Keys, make_allocation, sealed_list
from crossblock.core.errors import OutputError
from crossblock.domain.blocks import seeded
from crossblock.domain.kits import is_kit_id
from crossblock.load.envelope import open_envelope
from crossblock.load.protocol import read as read_protocol
from crossblock.load.sealed import new_key, unseal

PROTOCOL = read_protocol("nimh-ketamine-saline")
STATISTICIAN, PHARMACY, EMERGENCY = new_key(), new_key(), new_key()
KEYS = Keys(recipients=(STATISTICIAN[1], PHARMACY[1]), emergency=(EMERGENCY[1],))


def made(slots: int = 40) -> dict[str, bytes]:
    return sealed_list(
        PROTOCOL, slots_per_stratum=slots, keys=KEYS, draw=secrets.randbelow, dry_run=False
    )


FILES = made()
LIST = json.loads(unseal(FILES["mapping.age"], [STATISTICIAN[0]], "mapping"))


def test_the_commitment_is_the_hash_of_what_is_inside() -> None:
    text = unseal(FILES["mapping.age"], [PHARMACY[0]], "mapping")
    manifest = json.loads(FILES["manifest.json"])
    assert hashlib.sha256(text.encode()).hexdigest() == manifest["commitment"]
    assert len(json.loads(text)["salt"]) == 64


def test_public_files_hold_no_sequence_and_no_block() -> None:
    public = b"".join(data for name, data in FILES.items() if name != "mapping.age")
    public = public.replace(b"crossblock", b"").replace(b"nimh-ketamine-saline", b"")
    for word in [*PROTOCOL.sequence_ids, *PROTOCOL.condition_ids, "block", LIST["salt"]]:
        assert word.encode() not in public


def test_envelopes_have_one_length_and_open_with_the_emergency_key_only(tmp_path: Path) -> None:
    letters = {n: data for n, data in FILES.items() if n.startswith("envelopes/")}
    assert len({len(data) for data in letters.values()}) == 1
    key = tmp_path / "key"
    key.write_text(EMERGENCY[0])
    for row in LIST["slots"][:5]:
        file = tmp_path / "envelope.json"
        file.write_bytes(letters[f"envelopes/slot-{row['slot']:04d}.json"])
        letter = open_envelope(file, key)
        assert letter["sequence"] == row["sequence"]
        assert [p["kit"] for p in letter["periods"]] == row["kits"]
        assert [p["condition"] for p in letter["periods"]] == LIST["sequences"][row["sequence"]]


def test_kits_are_unique_over_slots_periods_and_spares() -> None:
    rows = list(csv.DictReader(io.StringIO(FILES["kits.csv"].decode())))
    kits = [row[c] for row in rows for c in ("kit_1", "kit_2", "spare_1", "spare_2")]
    assert len(set(kits)) == len(kits)
    assert all(map(is_kit_id, kits))


def test_no_letter_of_a_kit_tells_its_sequence() -> None:
    """Chi-square of each letter of each kit against the sequence, 2,000 slots.

    16 tables of 22 df; the largest stays under 58 (p = 4e-5 each, 7e-4 in all).
    """
    files = sealed_list(PROTOCOL, slots_per_stratum=2000, keys=KEYS, draw=seeded(42), dry_run=False)
    slots = json.loads(unseal(files["mapping.age"], [STATISTICIAN[0]], "m"))["slots"]
    arms = Counter(row["sequence"] for row in slots)
    for period in (0, 1):
        for place in (0, 1, 2, 3, 5, 6, 7, 8):
            cell = Counter((r["sequence"], r["kits"][period][place]) for r in slots)
            letters = Counter(r["kits"][period][place] for r in slots)
            expected = {(a, k): arms[a] * letters[k] / len(slots) for a in arms for k in letters}
            chi = sum((cell[key] - e) ** 2 / e for key, e in expected.items())
            assert chi < 58


def test_two_lists_share_nothing() -> None:
    other = made()
    assert other["kits.csv"] != FILES["kits.csv"]
    assert (
        json.loads(other["manifest.json"])["commitment"]
        != json.loads(FILES["manifest.json"])["commitment"]
    )


def test_a_dry_run_repeats_and_is_marked(tmp_path: Path) -> None:
    keys = replace(KEYS, emergency=())
    for name in ("a", "b"):
        make_allocation(
            PROTOCOL,
            tmp_path / name,
            recipients=keys.recipients,
            slots_per_stratum=6,
            seed=3,
            dry_run=True,
        )
    kits = (tmp_path / "a" / "kits.csv").read_text()
    assert kits == (tmp_path / "b" / "kits.csv").read_text()
    cells = [c for row in csv.reader(io.StringIO(kits)) for c in row[3:]][4:]
    assert all(c.startswith("DRY-") for c in cells)
    assert json.loads((tmp_path / "a" / "manifest.json").read_text())["dry_run"] is True
    with pytest.raises(OutputError, match="exists already"):
        make_allocation(PROTOCOL, tmp_path / "a", recipients=keys.recipients, slots_per_stratum=6)


def test_a_real_list_ignores_a_seed(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_allocation(
            PROTOCOL, tmp_path / name, recipients=KEYS.recipients, slots_per_stratum=6, seed=3
        )
    assert (tmp_path / "a" / "kits.csv").read_text() != (tmp_path / "b" / "kits.csv").read_text()

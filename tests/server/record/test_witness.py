"""The witness file: added to, signed, readable after a crash."""

import json
from pathlib import Path

from crossblock.server import study
from crossblock.server.record import witness
from tests.server.world import World


def test_lines_are_signed_and_read_back(lite: World) -> None:
    now = study.current()
    witness.note(now, 9041, "a" * 64)
    row = json.loads(now.witness.read_text().splitlines()[-1])
    text = f"{row['seq']} {row['hash']} {row['at']}".encode()
    now.signing_key.public_key().verify(bytes.fromhex(row["signature"]), text)
    assert [w.seq for w in witness.read(now.witness)][-1] == 9041
    found = witness.last(now.witness)
    assert found is not None
    assert found.seq == 9041


def test_a_line_cut_off_by_a_crash_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "heads.jsonl"
    file.write_text('{"seq": 3, "hash": "x"}\n{"seq": 4, "ha')
    assert [w.seq for w in witness.read(file)] == [3]
    file.write_text('{"seq": 3, "hash": "x"}\nrubbish\n')
    assert [w.seq for w in witness.read(file)] == [3, -1]


def test_the_tail_of_a_long_file(tmp_path: Path) -> None:
    file = tmp_path / "heads.jsonl"
    file.write_text("".join(f'{{"seq": {i}, "hash": "{i}"}}\n' for i in range(20_000)))
    found = witness.last(file)
    assert found is not None
    assert (found.seq, found.hash) == (19_999, "19999")
    assert witness.last(file, witness.extent(file)[0]) is None
    assert witness.last(tmp_path / "none") is None

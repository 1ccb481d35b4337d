"""`crossblock open-envelope` prints the sequence and says what that means."""

import json
from pathlib import Path

import pytest

from crossblock.cli import main
from crossblock.cli.sealing import make_allocation
from crossblock.load.protocol import read as read_protocol
from crossblock.load.sealed import new_key


def test_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret, key = new_key()
    (tmp_path / "key").write_text(secret)
    protocol = read_protocol("nimh-ketamine-saline")
    make_allocation(
        protocol,
        tmp_path / "list",
        recipients=[new_key()[1], new_key()[1]],
        emergency=[key],
        slots_per_stratum=4,
    )
    arguments = [str(tmp_path / "list/envelopes/slot-0002.json"), "--key", str(tmp_path / "key")]
    with pytest.raises(SystemExit):
        main(["open-envelope", *arguments, "--json"])
    letter = json.loads(capsys.readouterr().out)
    conditions = protocol.sequence(letter["sequence"]).conditions
    assert tuple(p["condition"] for p in letter["periods"]) == conditions
    with pytest.raises(SystemExit):
        main(["open-envelope", *arguments])
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == f"slot 2, sequence {letter['sequence']}"
    assert "unblinded in all of them" in err

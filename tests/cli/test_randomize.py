"""`crossblock randomize`: no seed, two keys, a folder whole or not at all."""

import json
import stat
from pathlib import Path

import pytest

from crossblock.cli import main
from crossblock.load.allocation import read_allocation
from crossblock.load.sealed import new_key, read_key, seal, unseal

A, B = new_key()[1], new_key()[1]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["randomize", *arguments])
    return int(stop.value.code or 0)


def test_a_list_for_the_planned_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "list"
    status = run(
        "nimh-ketamine-saline", "-o", str(folder), "--slots", "12", "--recipient", A,
        "--recipient", B, "--json",
    )  # fmt: skip
    out, err = capsys.readouterr()
    assert status == 0
    assert json.loads(out)["commitment"] in err
    found = read_allocation(folder)
    assert len(found.slots) == 12
    assert not found.dry_run
    assert [p.name for p in tmp_path.iterdir()] == ["list"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--recipient", A], "at least two different recipients"),
        (["--recipient", A, "--recipient", A], "at least two different recipients"),
        (["--recipient", A, "--recipient", B, "--seed", "1"], "takes no seed"),
        (["--recipient", A, "--recipient", "age1nonsense"], "not a recipient"),
    ],
)
def test_refusals_leave_nothing(
    tmp_path: Path, more: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("nimh-ketamine-saline", "-o", str(tmp_path / "x"), "--slots", "4", *more) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_new_key_is_private_and_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "key"
    assert run("--new-key", str(file)) == 0
    recipient = capsys.readouterr().out.strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert unseal(seal("x", [recipient]), read_key(file), "x") == "x"
    assert run("--new-key", str(file)) == 2
    assert "never overwritten" in capsys.readouterr().err

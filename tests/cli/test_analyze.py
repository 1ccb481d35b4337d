import json
from pathlib import Path

import pytest

from crossblock.cli.virtual import virtual_study
from crossblock.load.people import truth
from crossblock.load.protocol import read as read_protocol
from crossblock.load.sealed import new_key, read_key, unseal
from crossblock.stats.interim import Decision
from tests.cli.running import run


def test_the_reference_study(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "analyze", "nimh-ketamine-saline", "--json")
    assert ran.status == 0
    first = ran.json()["endpoints"][0]  # type: ignore[index]
    assert first["instrument"] == "madrs"
    assert first["primary"]["n_by_sequence"] == {"ketamine-first": 12, "saline-first": 12}
    assert first["primary"]["model"] == "period-adjusted difference of complete pairs"
    assert len(first["pairs"]) == first["sensitivity"][0]["n"] == 29


def test_human_lines_have_intervals_and_real_minus_signs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran = run(capsys, "analyze", "nimh-ketamine-saline")
    line = next(row for row in ran.err.splitlines() if "−6.75" in row)
    assert "95 % interval −10.88 to −2.62" in line
    assert " -" not in line


def test_a_protocol_without_ratings_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "analyze", "williams-2018")
    assert ran.status == 2
    assert "williams-2018" in ran.err
    assert "Traceback" not in ran.err


def interim(folder: Path, *, marked: bool) -> tuple[Path, Path, str]:
    """Write a virtual study of 14, marked as interim or not; return folder, key and recipient."""
    secret, recipient = new_key()
    key = folder / "key"
    key.write_text(secret)
    told = truth().with_values({"fraction": 0.9})
    virtual_study(
        read_protocol("williams-2018"), "williams-2018", told, folder / "look",
        recipients=[recipient], seed=2, people=14,
    )  # fmt: skip
    manifest = json.loads((folder / "look" / "manifest.json").read_text())
    (folder / "look" / "manifest.json").write_text(json.dumps({**manifest, "interim": marked}))
    return folder / "look", key, recipient


def test_a_look_leaves_sealed_and_nothing_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder, key, recipient = interim(tmp_path, marked=True)
    out = tmp_path / "look.age"
    ran = run(
        capsys, "analyze", str(folder), "--key", str(key), "--look", "1", "--seal-to", recipient,
        "-o", str(out),
    )  # fmt: skip
    assert ran.status == 0, ran.err
    assert ran.out == ""
    assert "go on" not in ran.err
    assert out.read_bytes().startswith(b"age-encryption.org/v1")
    found = json.loads(unseal(out.read_bytes(), read_key(key), "look"))
    assert found["look"]["look"] == 1
    assert found["look"]["decision"] in {str(d) for d in Decision}
    assert found["look"]["completers"] == found["estimate"]["n"]


@pytest.mark.parametrize(
    ("marked", "more", "words"),
    [
        (True, (), "taken before the lock"),
        (True, ("--look", "1"), "needs --key, --look, --seal-to and -o together"),
        (True, ("--look", "7", "--seal-to", "RECIPIENT", "-o", "OUT"), "plans no such look"),
        (False, ("--look", "1", "--seal-to", "RECIPIENT", "-o", "OUT"), "this study is locked"),
    ],
)
def test_what_would_unblind_is_refused(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    marked: bool,
    more: tuple[str, ...],
    words: str,
) -> None:
    folder, key, recipient = interim(tmp_path, marked=marked)
    filled = {"RECIPIENT": recipient, "OUT": str(tmp_path / "out.age")}
    ran = run(capsys, "analyze", str(folder), "--key", str(key), *(filled.get(m, m) for m in more))
    assert ran.status == 2
    assert words in ran.err
    assert ran.out == ""
    assert not (tmp_path / "out.age").exists()

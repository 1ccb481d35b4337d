from pathlib import Path

import pytest

from tests.cli.running import run


def test_a_worked_example_as_lines_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "claim", "news-2018-a")
    assert ran.status == 1  # something is overstated
    assert ran.out.startswith("OVERSTATED: Thirty adults")
    assert "Williams 2018 (evidence.csv, line 4; abstract)" in ran.out
    found = run(capsys, "claim", "news-2018-a", "--json").json()["sentences"]
    assert found[0]["findings"][0]["rows"][1]["value"] == "12"  # type: ignore[index]


def test_a_file_and_a_text(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = "Ketamine after naltrexone or placebo: 12 people were analyzed."
    path = tmp_path / "report.txt"
    path.write_text(text, encoding="utf-8")
    by_file, by_text = run(capsys, "claim", str(path)), run(capsys, "claim", text)
    assert by_file.out == by_text.out
    assert by_text.status == 0


def test_a_word_that_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "claim", "news-2019")
    assert ran.status == 2
    assert "news-2018-a" in ran.err

import pytest

from tests.cli.running import run


def test_the_sheet_in_lines_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["appraise", "--design", "2x2", "--n", "26", "--F", "5.39", "--df", "1,74"]
    ran = run(capsys, *arguments, "--fraction", "0.28")
    assert ran.status == 1  # usable, with a finding
    assert "28 % (95 % interval 4 % to 52 %; the drug effect" in ran.err
    assert "taken as fixed" in ran.err
    found = run(capsys, *arguments, "--fraction", "0.28", "--json").json()
    assert found["df"] == 74


def test_numbers_that_are_not_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "appraise", "--n", "26", "--F", "5.39", "--df", "one,two")
    assert ran.status == 2
    assert "--df" in ran.err

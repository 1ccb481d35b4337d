import pytest

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

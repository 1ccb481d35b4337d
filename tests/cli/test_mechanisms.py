import csv
import io
from pathlib import Path

import pytest

from tests.cli.running import run

FEW = ("--draws", "5")


def test_the_table_goes_measurement_by_measurement(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "mechanisms", "williams-2018", "--only", "h1,h5", *FEW)
    assert ran.status == 0
    assert "improvement left with the blocker (%)" in ran.err
    assert "H1    100  (100 to 100)" in ran.err
    assert "names no winner" in ran.err
    assert "sX = 2" in ran.err


def test_json_gives_numbers_sentences_and_what_parts_rivals(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = run(capsys, "mechanisms", "williams-2018", "--only", "h1,h2", *FEW, "--json").json()
    h1 = found["mechanisms"][0]  # type: ignore[index]
    assert h1["cells"]["ratio"]["value"] == 1.0
    assert any(s.startswith("If H1 were true") for s in h1["sentences"])
    assert found["parted_by"][0]["pair"] == ["h1", "h2"]  # type: ignore[index]


def test_sentences_start_from_the_claim(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "mechanisms", "williams-2018", "--only", "h3a", "--sentences", *FEW)
    assert "H3a. The glutamate surge lifts mood" in ran.err
    assert "a placebo infusion alone removes 0 %" in ran.err


def test_a_csv_is_written_whole(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    run(capsys, "mechanisms", "williams-2018", "--only", "h1", *FEW, "--csv", str(target))
    rows = list(csv.DictReader(io.StringIO(target.read_text())))
    assert {r["mechanism"] for r in rows} == {"h1"}
    assert float(rows[0]["value"]) == 1.0


def test_another_decay_changes_what_is_carried_over(capsys: pytest.CaptureFixture[str]) -> None:
    left = []
    for more in ((), ("--decay", "illustrative-decay")):
        arguments = ("mechanisms", "williams-2018", "--only", "h1", *FEW, "--json", *more)
        cells = run(capsys, *arguments).json()["mechanisms"][0]["cells"]  # type: ignore[index]
        left.append(cells["carryover"]["value"])
    assert left[1] < left[0] / 5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("williams-2018", "--only", "h9"), "catalog of mechanisms"),
        (("williams-2018", "--decay", "fast"), "no such alternative"),
        (("nobody-1999",), "catalog of protocols"),
        (("becker-2023",), "lsd has no kinetic set"),
    ],
)
def test_bad_input_is_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    ran = run(capsys, "mechanisms", *arguments, *FEW)
    assert ran.status == 2
    assert says in ran.err

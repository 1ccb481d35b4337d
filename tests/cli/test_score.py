import csv
import io
from pathlib import Path

import pytest

from tests.cli.running import run

CASE = Path(__file__).parents[1] / "reference" / "cases" / "hamd_scoring" / "data.csv"
HEAD = "participant,item1,item2,item7,item8,item10,item13\n"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_forms_are_scored_to_a_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "forms.csv"
    path.write_text(HEAD + "p1,1,1,1,1,1,1\np2,0,0,0,0,0,0\n", encoding="utf-8")
    ran = run(capsys, "score", "hamd6", str(path))
    assert ran.status == 0
    assert [(r["participant"], r["total"]) for r in rows(ran.out)] == [("p1", "6"), ("p2", "0")]
    assert "HAM-D6: 2 forms, 0 with answers not allowed" in ran.err
    assert "amber: remission of HAM-D6 is memory" in ran.err


def test_a_finding_leaves_with_1_and_names_the_row(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, out = tmp_path / "forms.csv", tmp_path / "scores.csv"
    path.write_text(HEAD + "p1,9,1,1,1,1,1\np2,,0,0,0,0,0\np3,1,1,1,1,1,1\n", encoding="utf-8")
    ran = run(capsys, "score", "hamd6", str(path), "-o", str(out))
    assert ran.status == 1
    assert "forms.csv, line 2, item1: not an allowed answer" in ran.err
    assert "forms.csv, line 3: no total: item1 unanswered" in ran.err
    assert [r["total"] for r in rows(out.read_text(encoding="utf-8"))] == ["", "", "6"]


def test_alerts_reach_the_person_who_runs_it(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "score", "hamd17", str(CASE))
    assert ran.status == 1
    assert "a suicide item is above 0" in ran.err
    assert len(rows(ran.out)) == 4


def test_a_score_is_converted_with_its_interval(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "totals.csv"
    path.write_text("id,total\na,10\nb,\n", encoding="utf-8")
    ran = run(capsys, "score", "qids-sr16", str(path), "--to", "hamd17")
    found = rows(ran.out)
    assert (found[0]["hamd17"], found[1]["hamd17"]) == ("13.0", "")
    assert float(found[0]["hamd17_lower95"]) < 13 < float(found[0]["hamd17_upper95"])


def test_json_holds_rows_and_digest(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "score", "hamd17", str(CASE), "--json").json()
    assert found["instrument"] == "hamd17"
    assert len(str(found["sha256"])) == 64
    first = found["rows"][0]  # type: ignore[index]
    assert first["scores"]["total"] == 52


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("hamd71", "x.csv"), "did you mean hamd17"),
        (("hamd17", "nothing.csv"), "nothing.csv"),
        (("madrs", "x.csv", "--to", "hamd17"), "no crosswalk"),
    ],
)
def test_unusable_input_leaves_with_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    ran = run(capsys, "score", *arguments)
    assert ran.status == 2
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_a_sites_wording_changes_no_score(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, wording = tmp_path / "forms.csv", tmp_path / "hamd6-de.toml"
    path.write_text(HEAD + "p1,1,2,1,1,1,1\np2,0,0,0,0,0,0\n", encoding="utf-8")
    head = 'schema = "crossblock/wording/1"\ninstrument = "hamd6"\nlanguage = "de"\nrights = "x"\n'
    wording.write_text(head + '[item.item1]\ntext = "Stimmung"\nanchors = { 0 = "keine" }\n')
    plain = run(capsys, "score", "hamd6", str(path))
    worded = run(capsys, "score", "hamd6", str(path), "--overlay", str(wording))
    assert worded.out == plain.out
    assert "wording in de: 1 of 6 items" in worded.err
    wording.write_text(head + '[item.item1]\ntext = "x"\nmaximum = 9\n')
    refused = run(capsys, "score", "hamd6", str(path), "--overlay", str(wording))
    assert refused.status == 2
    assert "no such key" in refused.err

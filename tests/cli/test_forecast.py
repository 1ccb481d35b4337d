"""`crossblock forecast`: regimen, policies, one person, refusals with exit status 2."""

import json

from tests.cli.running import run

FAST = ("--people", "80", "--days", "42", "--mechanism", "h1", "--mechanism", "h3b")


def test_a_regimen_as_json(capsys):
    done = run(capsys, "forecast", "ketamine-twice-weekly", *FAST, "--json")
    assert done.status == 0
    found = json.loads(done.out)
    assert set(found["outcomes"]["score"]["by_mechanism"]) == {"h1", "h3b"}
    assert "not advice" in found["note"]


def test_a_page_is_written_with_policies(capsys, tmp_path):
    page = tmp_path / "page.html"
    done = run(
        capsys, "forecast", "ketamine-induction-maintenance", *FAST, "--policy", "weekly",
        "--policy", "taper", "-o", str(page),
    )  # fmt: skip
    assert done.status == 0
    assert "price 1" in done.err
    assert "Policies side by side" in page.read_text(encoding="utf-8")


def test_a_page_for_a_patient(capsys, tmp_path):
    page = tmp_path / "page.html"
    done = run(capsys, "forecast", "esketamine-nasal", *FAST, "--patient", "-o", str(page))
    assert done.status == 0
    assert "of 100" in page.read_text(encoding="utf-8")


def test_one_person(capsys, tmp_path):
    file = tmp_path / "p.csv"
    file.write_text("day,score,dose\n0,,0.5 mg/kg\n1,20,\n7,18,0.5 mg/kg\n8,15,\n")
    done = run(capsys, "forecast", "--person", str(file), "--baseline", "33")
    assert done.status == 0
    assert "Next session (day 9)" in done.err
    assert "not advice" in done.err


def test_no_baseline_is_refused(capsys, tmp_path):
    file = tmp_path / "p.csv"
    file.write_text("day,score\n1,20\n")
    done = run(capsys, "forecast", "--person", str(file))
    assert done.status == 2
    assert "no baseline" in done.err


def test_nothing_asked_is_a_misuse(capsys):
    assert run(capsys, "forecast").status == 2
    done = run(capsys, "forecast", "nothing-like-this")
    assert done.status == 2
    assert "regimens" in done.err

import csv
import io
from pathlib import Path

import pytest

from tests.cli.running import run


def test_times_count_from_time_zero_and_the_output_repeats_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran = run(capsys, "expose", "williams-2018", "--at", "45 min,24 h", "--json")
    assert ran.status == 0
    conditions = ran.json()["conditions"]
    assert isinstance(conditions, list)
    assert {c["time_counts_from"] for c in conditions} == {"naltrexone intake"}
    blocked = conditions[1]["values"]["mu blocked by naltrexone, %"]
    assert blocked == pytest.approx([88.1, 85.7], abs=1.0)  # issue A


def test_from_drug_shifts_the_clock(capsys: pytest.CaptureFixture[str]) -> None:
    zero = run(capsys, "expose", "williams-2018", "--at", "85 min", "--json").json()
    drug = run(
        capsys, "expose", "williams-2018", "--at", "40 min", "--from", "drug", "--json"
    ).json()
    early, late = (x["conditions"][1]["values"] for x in (zero, drug))  # type: ignore[index]
    assert {k: v[0] for k, v in early.items()} == pytest.approx({k: v[0] for k, v in late.items()})
    assert drug["conditions"][1]["time_counts_from"] == "start of the drug"  # type: ignore[index]


def test_the_s_ketamine_set_says_what_it_treats_as_s(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "expose", "nimh-ketamine-saline", "--at", "40 min", "--json")
    ketamine = ran.json()["conditions"][0]  # type: ignore[index]
    peak = ketamine["values"]["ketamine in venous plasma, ng/mL"][0]
    assert 158 <= peak <= 159  # 35 mg over 40 min, Fanta
    assert any("treats R as S" in note for note in ketamine["notes"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--weight", "700"], "outside 2 to 400 kg"),
        (["--weight", "70 mg"], "not a unit of body mass"),
        (["--at", "45"], "without its unit"),
        (["--at", "nan h"], "not a finite number"),
        (["--set", "ketamine=nobody-1999"], "nobody-1999"),
    ],
)
def test_bad_input_is_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    ran = run(capsys, "expose", "williams-2018", *arguments)
    assert ran.status == 2
    assert says in ran.err
    assert ran.out == ""


def test_wishes_add_a_plan_and_keep_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    bare = run(capsys, "expose", "williams-2018", "--json").json()
    wished = run(capsys, "expose", "williams-2018", "--want", "90", "--json").json()
    assert "plan" not in bare
    assert wished["conditions"] == bare["conditions"]
    plan = wished["plan"]
    assert isinstance(plan, dict)
    assert plan["coverage"]["wanted"] == 0.9
    assert plan["lead"]["shortest_h"] == pytest.approx(1.5, abs=0.05)  # pharmacology.md, section 2
    assert plan["washout"]["both_d"][2] == "inf"


def test_the_window_counts_from_where_times_count(capsys: pytest.CaptureFixture[str]) -> None:
    wish = ["--want", "80 %", "--residual", "5", "--json"]
    zero = run(capsys, "expose", "williams-2018", "--window", "45 min,85 min", *wish).json()
    drug = run(
        capsys, "expose", "williams-2018", "--window", "0 min,40 min", "--from", "drug", *wish
    ).json()
    a, b = (x["plan"]["coverage"]["window_h"] for x in (zero, drug))  # type: ignore[index]
    assert a == pytest.approx(b)
    assert zero["plan"]["washout"]["residual_effect"] == 0.05  # type: ignore[index]


def test_one_page_holds_the_plan_and_what_is_on_board(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "plan.html"
    ran = run(capsys, "expose", "williams-2018", "--on-board", "methadone", "-o", str(target))
    page = target.read_text(encoding="utf-8")
    assert ran.status == 0
    assert str(target) in ran.err
    assert 'id="coverage"' in page
    assert "Methadone: what nobody has shown" in page
    assert "--on-board &#34;methadone&#34;" in page  # the command that made it


def test_a_study_without_a_blocker_has_a_page_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran = run(capsys, "expose", "nimh-ketamine-saline", "-o", "-")
    assert ran.status == 0
    assert "no blocker" in ran.out
    assert 'id="drugs"' in ran.out


def test_csv_holds_every_curve_with_its_band(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "expose", "williams-2018", "--csv", "-")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    mu = [r for r in rows if r["quantity"] == "mu blocked by naltrexone"]
    day = next(r for r in mu if float(r["time_h"]) == pytest.approx(24.0, abs=1.0))
    assert 84 <= float(day["value"]) <= 88  # pharmacology.md: 85.7 % at 24 h
    assert float(day["low"]) < float(day["value"]) < float(day["high"])
    assert {r["condition"] for r in rows} == {"open", "blocked"}
    assert all(r["source"] for r in rows)


def test_on_board_needs_no_protocol(capsys: pytest.CaptureFixture[str]) -> None:
    line = "naltrexone 50 mg daily, last dose 24 h ago"
    ran = run(capsys, "expose", "--on-board", line, "--json")
    (board,) = ran.json()["on_board"]  # type: ignore[misc]
    assert 100 * board["held"][0]["fraction"] == pytest.approx(93.9, abs=0.1)  # section 2
    told = run(capsys, "expose", "--on-board", "buprenorphine", "--on-board", "methadone").err
    assert told.count("unknown") >= 2
    assert "not medical advice" in told


def test_a_tablet_over_a_depot_is_allowed_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(
        capsys,
        "expose",
        "--on-board",
        "depot, 14 d ago",
        "--on-board",
        "naltrexone 50 mg once, 1 d ago",
    )
    assert ran.status == 0
    assert "doses by" in ran.err
    assert "overlap" in ran.err


def test_both_planners_stand_side_by_side(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "planners.html"
    ran = run(capsys, "expose", "--compare-planner", "--json", "-o", str(target))
    found = ran.json()
    assert len(found["defects"]) == 4  # type: ignore[arg-type]
    page = target.read_text(encoding="utf-8")
    assert "89.94" in page  # 50 mg, pharmacology.md, section 4
    assert "What the published planner does better" in page


def test_the_same_command_says_the_same_again(capsys: pytest.CaptureFixture[str]) -> None:
    once, again = (run(capsys, "expose", "williams-2018", "-o", "-").out for _ in range(2))
    assert once == again

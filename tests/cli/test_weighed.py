"""What `weigh` does around the computing: rows refused, studies left out, page, lines, status."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from crossblock.cli import weighed
from crossblock.cli.weighing import Sources
from crossblock.domain.account import Account, HeldOut
from crossblock.report import figure
from tests.cli.running import Ran, run
from tests.report.accounted import account
from tests.report.accounted import figure as predicted

HEAD = "study,drug,endpoint,statistic,value,n,time_h,units,confidence\n"
GOOD = "Mine 2026,ketamine,MADRS,mean,20,30,24,points,read in the paper\n"
BAD = {
    "outside the scale": "A 1,ketamine,MADRS,mean,75,30,24,points,read in the paper\n",
    "everybody was equal": "A 2,ketamine,MADRS,sd,0,30,24,points,read in the paper\n",
    "degrees of freedom": "A 3,ketamine,MADRS,F,4.8,30,24,F,read in abstract\n",
    "names no arm": "A 4,,MADRS,mean,20,30,24,points,read in the paper\n",
}
TWICE = GOOD.replace("Mine", "Other") + GOOD.replace("Mine", "Other").replace(",20,", ",25,")
AGAINST = (
    "Williams 2018,ketamine,HAM-D17 response (>=50% fall),responders,9,12,24,participants,"
    "read in abstract\n"
)
HELD = account(held_out=(HeldOut(split="fitted to W", sha256="0" * 64, figures=(predicted(),)),))


class Shell:
    """The verb with its computing replaced by a hand-made account; keeps what it was given."""

    def __init__(self, capsys: pytest.CaptureFixture[str], made: Account) -> None:
        self.capsys, self.made = capsys, made
        self.sources: Sources | None = None

    def assembled(self, s: Sources, step: Any) -> Account:
        assert isinstance(step("words"), AbstractContextManager)
        self.sources = s
        return self.made

    def __call__(self, *arguments: str) -> Ran:
        return run(self.capsys, "weigh", *arguments)


@pytest.fixture
def weigh(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Shell:
    shell = Shell(capsys, HELD)
    monkeypatch.setattr(weighed, "assembled", shell.assembled)
    monkeypatch.setattr(figure, "_render", lambda *given: "")
    monkeypatch.chdir(tmp_path)
    return shell


def rows(*lines: str) -> str:
    Path("mine.csv").write_text(HEAD + "".join(lines), encoding="utf-8")
    return "mine.csv"


def test_each_bad_row_is_named_with_its_line_and_costs_no_other(weigh: Shell) -> None:
    ran = weigh(rows(*BAD.values(), GOOD), "-o", "page.html")
    assert ran.status == 1
    page = Path("page.html").read_text(encoding="utf-8")
    for k, why in enumerate(BAD, start=2):
        assert why in ran.err
        assert why in page
        assert f"mine.csv, line {k}" in ran.err
    assert "Traceback" not in ran.err
    assert weigh.sources is not None
    mine = [r for r in weigh.sources.evidence.rows if r.file == "mine.csv"]
    assert [(r.study, r.line) for r in mine] == [("Mine 2026", 6)]
    assert len(weigh.sources.evidence.of("Williams 2018")) > 10  # the shipped rows all stand


def test_contradictory_rows_are_flagged_and_fitted_by_nobody(weigh: Shell) -> None:
    ran = weigh(rows(TWICE))
    assert ran.status == 1
    assert "rows contradict each other" in ran.err
    assert weigh.sources is not None
    assert weigh.sources.without == ()  # no weighed study rests on them
    assert len(weigh.sources.evidence.contested) == 2


def test_a_study_whose_rows_are_contradicted_is_left_out_and_said(weigh: Shell) -> None:
    ran = weigh(rows(AGAINST), "-o", "page.html")
    assert ran.status == 1
    assert "a study was left out of the weighing: williams-2018" in ran.err
    assert weigh.sources is not None
    assert weigh.sources.without == ("williams-2018",)
    assert "left out of the weighing: williams-2018" in Path("page.html").read_text("utf-8")


def test_a_secondary_run_is_labeled_everywhere(weigh: Shell) -> None:
    plain, marked = weigh("-o", "plain.html"), weigh("--secondary", "-o", "marked.html")
    label = "Sensitivity run: rows read in a secondary source were fitted"
    assert label in marked.err
    assert label in Path("marked.html").read_text("utf-8")
    assert label not in plain.err + Path("plain.html").read_text("utf-8")
    assert weigh.sources is not None
    assert weigh.sources.secondary
    assert weigh("--secondary", "--json").json()["secondary"] is True


def test_the_published_fraction_says_how_it_was_met(weigh: Shell) -> None:
    weigh("-o", "page.html")
    page = Path("page.html").read_text("utf-8")
    assert "as published" in page
    assert "not estimable from what is published" in page
    # every prior stands in the list of assumptions
    assert page.count('id="assumed-') > 10


def test_lines_and_json_say_the_same_odds(weigh: Shell) -> None:
    ran = weigh()
    assert ran.status == 0
    assert "H3a gated by opioid tone" in ran.err
    assert "59\u202f%" in ran.err
    assert "held out: 1 of 1 predictions hold" in ran.err
    found = weigh("--json").json()
    odds = found["odds"]
    assert isinstance(odds, list)
    assert [r["label"] for r in odds] == ["H1", "H3a", "H5"]
    assert sum(r["probability"] for r in odds) == pytest.approx(1.0)
    assert {"sensitivity", "left_out", "pairs", "separations", "held_out", "checks"} <= set(found)


def test_a_failed_prediction_is_a_finding_and_named(weigh: Shell) -> None:
    weigh.made = account()
    ran = weigh()
    assert ran.status == 1
    assert "held out: 1 of 2 predictions hold" in ran.err
    assert "failed: K 2024, course, difference" in ran.err


def test_the_bank_is_kept_in_the_users_cache_or_where_it_is_told(weigh: Shell) -> None:
    weigh("--bank", "mine")
    assert weigh.sources is not None
    assert weigh.sources.folder == Path("mine")
    assert weighed.default_folder().name == "bank"
    assert "crossblock" in str(weighed.default_folder())

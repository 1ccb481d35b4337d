"""What a person reads when `crossblock weigh` cannot use rows or studies of their own."""

from pathlib import Path
from typing import Any

import pytest

from crossblock.cli import weighed
from tests.cli.running import run
from tests.report.accounted import account

TEXTS = Path(__file__).with_name("weigh_errors.txt")
HEAD = "study,drug,endpoint,statistic,value,n,time_h,units,confidence\n"
ROW = "Mine 2026,k,MADRS,mean,12,10,24,points,read in the paper\n"
GOOD = ROW + ROW.replace(",k,", ",k+n,")
STUDY = """schema = "crossblock/weighing/1"
[[study]]
id = "mine-2026"
title = "Mine 2026, a crossover"
evidence = "Mine 2026"
kind = "falls"
role = "mechanism"
endpoint = "MADRS"
statistic = "mean"
times_h = [24.0]
arm = [
  { label = "open", regimen = "ketamine", setting = "masked", n = 10, baseline = 30, drug = "k" },
  { label = "blocked", regimen = "placebo", setting = "masked", n = 10, baseline = 30, drug = "k" },
]
""".replace("baseline = 30,", "baseline = 30.0,")
ARMS = STUDY[STUDY.index("arm = [") :]
# what is wrong: the rows and the studies that were given, and more arguments
REFUSED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "a file that is not there": ("", "", ("nowhere.csv",)),
    "a file that is no table": ("study;drug\n", "", ()),
    "a study that nobody knows is left out": ("", "", ("--without", "wiliams-2018")),
    "a studies file that is no TOML": (GOOD, "schema = [", ()),
    "a study without arms": (GOOD, STUDY.replace(ARMS, "arm = []\n"), ()),
    "a fall without a baseline": (GOOD, STUDY.replace("baseline = 30.0, ", ""), ()),
    "people who were not counted": (GOOD, STUDY.replace("n = 10, ", ""), ()),
    "an event with one arm": (
        GOOD,
        STUDY.replace('"falls"', '"event"').replace(ARMS, ARMS.split("\n")[1].join(
            ("arm = [\n", "\n]\n"))),
        (),
    ),
    "a comparison without its F": (
        GOOD, STUDY.replace('"falls"', '"test"').replace('"mean"', '"p"'), ()
    ),
    "a regimen that is none": (GOOD, STUDY.replace('"placebo"', '"placbo"'), ()),
    "an id that is taken": (GOOD, STUDY.replace('"mine-2026"', '"williams-2018"'), ()),
    "a misspelled key": (GOOD, STUDY.replace("setting", "seting"), ()),
    "a figure without a row": (GOOD, STUDY.replace('"MADRS"', '"BDI-II"'), ()),
    "rows from memory": (GOOD.replace("read in the paper", "from memory"), STUDY, ()),
    "rows from memory in a sensitivity run": (
        GOOD.replace("read in the paper", "from memory"), STUDY, ("--secondary",)
    ),
    "rows from a secondary source": (
        GOOD.replace("read in the paper", "read in secondary source"), STUDY, ()
    ),
}  # fmt: skip
# rows that are left out or flagged while everything else is weighed
LEFT_OUT = {
    "a mean outside its scale": ROW.replace(",12,", ",75,"),
    "an SD of 0": ROW.replace(",mean,12,", ",sd,0,"),
    "an F without degrees of freedom": ROW.replace(",mean,12,", ",F,4.8,"),
    "a study whose rows name no arm": ROW.replace(",k,", ",,"),
    "a number that is none": ROW.replace(",12,", ",twelve,"),
    "a tag that nobody knows": ROW.replace("read in the paper", "my cousin"),
    "a row that is cut off": "Mine 2026,k,MADRS\n",
    "contradictory rows for one figure": ROW + ROW.replace(",12,", ",14,"),
    "a row against a weighed study": (
        "Williams 2018,ketamine,HAM-D17 response (>=50% fall),responders,9,12,24,participants,"
        "read in abstract\n"
    ),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def given(rows: str, studies: str = "") -> list[str]:
    """Write what was given beside each other and return the arguments that name it."""
    if rows:
        whole = rows if rows.startswith("study") else HEAD + rows
        Path("mine.csv").write_text(whole, encoding="utf-8")
    if studies:
        Path("mine.toml").write_text(studies, encoding="utf-8")
    named = ["mine.csv"] if rows else []
    return [*named, *(["--studies", "mine.toml"] if studies else [])]


def refused(capsys: pytest.CaptureFixture[str]) -> str:
    parts = []
    for name, (rows, studies, more) in REFUSED.items():
        ran = run(capsys, "weigh", "--bank", "bank", *given(rows, studies), *more)
        assert ran.status == 2, name
        assert ran.out == "", name
        assert not Path("bank").exists(), name  # nothing was computed
        parts.append(f"# {name}\n{ran.err}")
    return "\n".join(parts)


def left_out(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    def made(sources: Any, step: Any) -> Any:
        return account(held_out=())

    monkeypatch.setattr(weighed, "assembled", made)
    parts = []
    for name, rows in LEFT_OUT.items():
        ran = run(capsys, "weigh", *given(rows))
        assert ran.status == 1, name
        said, verdict, rest = ran.err.partition("The studies speak for")
        assert verdict, name
        assert "held out" in rest, name  # everything else was weighed
        parts.append(f"# {name}: left out, the rest is weighed\n{said}")
    return "\n".join(parts)


@pytest.mark.usefixtures("here")
def test_error_texts_are_the_golden_ones(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "\n".join([refused(capsys), left_out(capsys, monkeypatch)])
    assert "Traceback" not in told
    assert told == TEXTS.read_text(encoding="utf-8")

"""What a person reads when `crossblock forecast` cannot use what it was given.

After a wanted change of wording: `UPDATE_GOLDEN=1 pytest tests/golden`, then read the difference.
"""

import os
from pathlib import Path

import pytest

from tests.cli.running import run

TEXTS = Path(__file__).with_name("forecast_errors.txt")
HEAD = "day,score,dose,route,duration\n"
FIRST = "0,,0.5 mg/kg,iv,40 min\n"
NEEDED = ("--baseline", "34")
HISTORIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "two sessions that overlap": (HEAD + FIRST + "0.02,,0.5 mg/kg,iv,40 min\n1,20,,,\n", NEEDED),
    "dates out of order": (HEAD + FIRST + "9,20,,,\n2,22,,,\n", NEEDED),
    "sessions out of order": (
        HEAD + "7,,0.5 mg/kg,iv,40 min\n0,,0.5 mg/kg,iv,40 min\n8,20,,,\n",
        NEEDED,
    ),
    "a score outside its range": (HEAD + FIRST + "1,61,,,\n2,-3,,,\n", NEEDED),
    "no baseline": (HEAD + FIRST + "1,20,,,\n", ()),
    "a baseline outside its range": (HEAD + FIRST + "1,20,,,\n", ("--baseline", "340")),
    "an empty file": ("", NEEDED),
    "a file without rows": (HEAD, NEEDED),
    "a column that is missing": ("date,score\n2026-01-01,20\n", NEEDED),
    "a column misspelled": ("day,skore\n1,20\n", NEEDED),
    "a score that is no number": (HEAD + FIRST + "1,twenty,,,\n", NEEDED),
    "a day that is no number": (HEAD + "monday,20,,,\n", NEEDED),
    "a dose without a unit": (HEAD + "0,,0.5,iv,40 min\n", NEEDED),
    "a dose below 0": (HEAD + "0,,-0.5 mg/kg,iv,40 min\n", NEEDED),
    "a route that is none": (HEAD + "0,,0.5 mg/kg,intravenous,40 min\n", NEEDED),
    "a route without a dose": (HEAD + FIRST + "1,20,,iv,\n", NEEDED),
    "a drug that is not in the catalog": ("day,score,dose,drug\n0,,0.5 mg/kg,ketamin\n", NEEDED),
    "a weight in pounds by far": (HEAD + FIRST + "1,20,,,\n", (*NEEDED, "--kg", "500")),
    "a next session before the last rating": (
        HEAD + FIRST + "9,20,,,\n",
        (*NEEDED, "--next-day", "3"),
    ),
    "everything at once": (HEAD + "0,99,0.5,iv,40 min\nx,20,,,\n9,20,,up,\n2,22,,,\n", ()),
}
PHASE = '[[phase]]\nname = "weekly"\nevery = "7 d"\n'
PLAIN = (
    'schema = "crossblock/regimen/1"\nid = "mine"\ntitle = "Mine"\nsummary = "Mine."\n'
    'drug = "ketamine"\nroute = "iv"\ndose = "0.5 mg/kg"\nduration = "40 min"\n'
)
REGIMENS = {
    "sessions of a regimen that overlap": PLAIN.replace("40 min", "200 h") + PHASE,
    "sessions that go backward": PLAIN + PHASE.replace("7 d", "-7 d"),
    "a regimen without phases": PLAIN,
    "a phase that never ends before another": PLAIN + PHASE + PHASE,
    "a rule that cannot be used": PLAIN + PHASE + "[rules]\nmissed = 1.5\nescalate_after = 0\n",
    "an empty regimen file": "",
}
ASKED: dict[str, tuple[str, ...]] = {
    "nothing asked": (),
    "a regimen and a person": ("ketamine-twice-weekly", "--person", "history.csv"),
    "a page for a patient without a file": ("ketamine-twice-weekly", "--patient"),
    "an unknown regimen": ("ketamine-twice-wekly",),
    "an unknown policy": ("ketamine-twice-weekly", "--policy", "weakly"),
    "an unknown mechanism": ("ketamine-twice-weekly", "--mechanism", "h9"),
    "one policy twice": ("ketamine-twice-weekly", "--policy", "taper", "--policy", "taper"),
    "a weight that is no number": ("ketamine-twice-weekly", "--weight", "h1=much"),
    "a weight of a mechanism that is not run": ("ketamine-twice-weekly", "--weight", "h7=1"),
    "odds of what is not on board": ("ketamine-twice-weekly", "--odds", "methadone=2"),
    "a horizon of a century": ("ketamine-twice-weekly", "--days", "36500"),
    "three people": ("ketamine-twice-weekly", "--people", "3"),
    "a person and no file": ("--person", "nobody.csv", "--baseline", "34"),
}


def _told(capsys: pytest.CaptureFixture[str], name: str, *arguments: str) -> str:
    ran = run(capsys, "forecast", *arguments)
    assert ran.status == 2, (name, ran.err)
    assert ran.out == "", name
    return f"# {name}\n{ran.err}"


def test_error_texts_are_the_golden_ones(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    parts = [_told(capsys, name, *arguments) for name, arguments in ASKED.items()]
    for name, text in REGIMENS.items():
        Path("mine.toml").write_text(text, encoding="utf-8")
        parts.append(_told(capsys, name, "mine.toml"))
    for name, (text, more) in HISTORIES.items():
        Path("history.csv").write_text(text, encoding="utf-8")
        parts.append(_told(capsys, name, "--person", "history.csv", *more))
    text = "\n".join(parts)
    if os.environ.get("UPDATE_GOLDEN"):
        TEXTS.write_text(text, encoding="utf-8")
    assert text == TEXTS.read_text(encoding="utf-8")
    assert "Traceback" not in text

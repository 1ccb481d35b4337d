"""What a person reads when `crossblock expose` cannot use what it was given."""

from pathlib import Path

import pytest

from tests.cli.running import run

TEXTS = Path(__file__).with_name("expose_errors.txt")
CASES: dict[str, tuple[str, ...]] = {
    "nothing to expose": (),
    "an unknown protocol": ("wiliams-2018",),
    "an unknown compound on board": ("--on-board", "naltrexon 50 mg daily"),
    "words that are not understood": ("--on-board", "naltrexone fifty a day"),
    "a unit that cannot be converted": ("--on-board", "naltrexone 50 mL daily, 24 h ago"),
    "a level in the wrong unit": ("--on-board", "buprenorphine, level 2 mg"),
    "a level nobody can use": ("--on-board", "methadone, level 300 ng/mL"),
    "a dose that is missing": ("--on-board", "naloxone"),
    "a route without a model": ("--on-board", "naltrexone 50 mg iv once, 1 h ago"),
    "a blockade of everything": ("williams-2018", "--want", "100"),
    "a share instead of a percentage": ("williams-2018", "--want", "0.9"),
    "a window of one time": ("williams-2018", "--window", "45 min"),
    "a window that ends before it starts": ("williams-2018", "--window", "85 min,45 min"),
    "a study without a blocker": ("nimh-ketamine-saline", "--want", "90"),
    "a blocker without a model": ("krystal-1999", "--want", "90"),
    "a set without its compound": ("williams-2018", "--set", "simons-2022"),
    "an unknown set": ("williams-2018", "--set", "ketamine=simons"),
    "a weight that nobody has": ("williams-2018", "--weight", "700"),
}


def told(capsys: pytest.CaptureFixture[str]) -> str:
    parts = []
    for name, arguments in CASES.items():
        ran = run(capsys, "expose", *arguments)
        assert ran.status == 2, name
        assert ran.out == "", name
        parts.append(f"# {name}\n{ran.err}")
    return "\n".join(parts)


def test_error_texts_are_the_golden_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys) == TEXTS.read_text(encoding="utf-8")

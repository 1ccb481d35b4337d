"""The table of attacks in the documentation: every case is there, and every test it names is."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "conduct.md").read_text(encoding="utf-8")
CASES = 42
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def test_every_case_has_its_row() -> None:
    numbers = [int(n) for n in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)]
    assert numbers == list(range(1, CASES + 1))


def test_every_test_that_is_named_is_there() -> None:
    named = NAMED.findall(TEXT)
    assert len(named) > CASES
    for file, name in named:
        path = ROOT / file if file.startswith("tests/") else ROOT / "tests" / "server" / file
        assert f"def {name}(" in path.read_text(encoding="utf-8"), (file, name)


def test_every_row_names_a_test() -> None:
    rows = [line for line in TEXT.splitlines() if re.match(r"\| \d+ \|", line)]
    assert [r for r in rows if not NAMED.search(r)] == []

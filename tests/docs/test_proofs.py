"""A proof by tests counts them: one that is skipped, or a run of none, shows nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from proofs.proof import counted, suite

TESTS = {
    "passes": ("def test_it():\n    assert True\n", True, (1, 1, 0)),
    "is skipped": ("import pytest\n\ndef test_it():\n    pytest.skip('x')\n", False, (1, 0, 1)),
    "one of two is skipped": (
        "import pytest\n\ndef test_a():\n    pass\n\ndef test_b():\n    pytest.skip('x')\n",
        False,
        (2, 1, 1),
    ),
    "none is there": ("", False, (0, 0, 0)),
    "is told what is required": (
        "import os\n\ndef test_it():\n    assert os.environ['REQUIRE'] == 'a chromium'\n",
        True,
        (1, 1, 0),
    ),
}


@pytest.mark.parametrize("name", TESTS)
def test_what_holds(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE", "of the whole run")
    text, holds, (tests, passed, skipped) = TESTS[name]
    file = tmp_path / "test_one.py"
    file.write_text(text)
    shown = suite(str(file), require="a chromium")
    assert shown.holds is holds
    assert shown.numbers["tests"] == tests
    assert (shown.numbers["passed"], shown.numbers["skipped"]) == (passed, skipped)
    assert os.environ["REQUIRE"] == "of the whole run"


def test_counts_add_up_over_suites() -> None:
    report = (
        '<testsuites><testsuite tests="4" failures="1" errors="0" skipped="1"/>'
        '<testsuite tests="2" failures="0" errors="1" skipped="0"/></testsuites>'
    )
    found = counted(report)
    assert found == {"tests": 6, "failures": 1, "errors": 1, "skipped": 1, "passed": 3}

"""Prints how many reference numbers of each case were met, whenever they ran."""

from __future__ import annotations

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    met: Counter[str] = Counter()
    all_: Counter[str] = Counter()
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.getreports(outcome):
            case = dict(getattr(report, "user_properties", ())).get("reference_case")
            if case is not None and getattr(report, "when", "") == "call":
                all_[str(case)] += 1
                met[str(case)] += outcome == "passed"
    if not all_:
        return
    terminalreporter.section("reference cases: numbers met within tolerance")
    for case in all_:
        mark = "" if met[case] == all_[case] else "  <-- misses"
        terminalreporter.write_line(f"{case:<44}{met[case]:>5} of {all_[case]:>4}{mark}")
    terminalreporter.write_line(f"{'all':<44}{met.total():>5} of {all_.total():>4}")

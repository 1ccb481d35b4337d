"""A proof: one promised line, the command that shows it, what it printed, and whether it holds."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "proof"
CLI = str(Path(sys.executable).with_name("crossblock"))


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What one proof found. `holds` is False where the promise is not kept; it is never hidden."""

    holds: bool
    numbers: Mapping[str, object]
    command: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A promised line and the function that shows it."""

    issue: str
    name: str
    promise: str
    show: Callable[[], Shown]


@dataclass
class Register:
    """The proofs of one issue, in the order of its lines."""

    issue: str
    proofs: list[Proof] = field(default_factory=list)

    def line(self, name: str, promise: str) -> Callable[[Callable[[], Shown]], Callable[[], Shown]]:
        def add(show: Callable[[], Shown]) -> Callable[[], Shown]:
            self.proofs.append(Proof(issue=self.issue, name=name, promise=promise, show=show))
            return show

        return add


def run(
    *arguments: str,
    cwd: Path | None = None,
    check: bool = True,
    environment: Mapping[str, str] | None = None,
) -> tuple[str, str, int, float]:
    """Run a command; return standard output, standard error, exit status and wall seconds."""
    start = time.perf_counter()
    done = subprocess.run(
        arguments,
        cwd=cwd or ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
        env={**os.environ, **(environment or {})},
    )
    wall = time.perf_counter() - start
    if check and done.returncode not in (0, 1):
        # the last line alone: what is above it may name this machine
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise RuntimeError(f"{Path(arguments[-1]).name} left with {done.returncode}: {last}")
    return done.stdout, done.stderr, done.returncode, wall


def suite(*names: str, require: str = "", **more: str) -> Shown:
    """Run tests that show a promised line. It holds when some ran and every one of them passed.

    A skipped test shows nothing, so it fails the line. `require` names what must be there
    ("postgresql chromium"); it and `more` of the environment go to this run alone.
    """
    arguments = ("-m", "pytest", "-q", "-p", "no:cacheprovider", *names)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        _, _, status, wall = run(
            sys.executable,
            *arguments,
            f"--junitxml={report}",
            check=False,
            environment={"REQUIRE": require, **more},
        )
        counts = counted(report.read_text(encoding="utf-8")) if report.exists() else {}
    passed = counts.get("passed", 0)
    return Shown(
        holds=status == 0 and passed > 0 and passed == counts["tests"],
        numbers={**counts, "wall_s": round(wall, 1)},
        command=f"REQUIRE='{require}' python {' '.join(arguments)}",
    )


def counted(report: str) -> dict[str, int]:
    """Return how many tests of a JUnit report passed, failed, broke or were skipped."""
    suites = ElementTree.fromstring(report).iter("testsuite")
    names = ("tests", "failures", "errors", "skipped")
    found = dict.fromkeys(names, 0)
    for one in suites:
        for name in names:
            found[name] += int(one.get(name, 0))
    passed = found["tests"] - found["failures"] - found["errors"] - found["skipped"]
    return {**found, "passed": passed}


def prove(proof: Proof) -> bool:
    """Run one proof and write `docs/proof/<issue>-<name>.json`."""
    start = time.perf_counter()
    try:
        shown = proof.show()
    except Exception as error:  # a proof that breaks is a proof that fails, and is written down
        shown = Shown(holds=False, numbers={}, note=f"{type(error).__name__}: {error}")
    wall = time.perf_counter() - start
    commit = run("git", "rev-parse", "--short", "HEAD")[0].strip()
    OUT.mkdir(parents=True, exist_ok=True)
    record = {
        "issue": proof.issue,
        "promise": proof.promise,
        "holds": shown.holds,
        "command": shown.command,
        "numbers": shown.numbers,
        "note": shown.note,
        "commit": commit,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "wall_s": round(wall, 2),
    }
    target = OUT / f"{proof.issue}-{proof.name}.json"
    target.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    mark = "holds" if shown.holds else "FALLS SHORT"
    print(f"{proof.issue} {proof.name:<28} {mark:<12} {wall:7.1f} s  {shown.note}", flush=True)
    return shown.holds

"""`crossblock audit verify`, `worker --once` and `lock` on one small study, each in its process."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from crossblock.cli.theater import virtual_study
from crossblock.load import catalog
from crossblock.load.protocol import read as read_protocol

HANGS_S = 900
"""Nothing here is a test of time: this ends a run that hangs, on a machine however busy."""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in its own process: Django is set up once a process."""
    return subprocess.run(
        [sys.executable, "-m", "crossblock.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=HANGS_S,
    )


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "study"
    virtual_study(
        folder,
        read_protocol("williams-2018"),
        catalog.path("protocols", "williams-2018"),
        slots=8,
        seed=1,
        conduct=catalog.path("conduct", "one-site"),
    )
    code = (
        "import sys; from pathlib import Path\n"
        "from crossblock.server.command import point_at\n"
        "point_at(Path(sys.argv[1])).prepare('', '')\n"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True, timeout=HANGS_S)
    return folder


def test_sound_then_changed(study: Path) -> None:
    found = run("audit", "verify", str(study), "--json")
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["faults"] == []
    assert "sound" in found.stderr
    with sqlite3.connect(study / "data" / "study.sqlite3") as database:
        database.execute("DROP TRIGGER record_event_no_update")
        database.execute("UPDATE record_event SET body = body || ' ' WHERE seq = 2")
    broken = run("audit", "verify", str(study))
    assert broken.returncode == 1
    assert "fault: event 2 was changed after it was written" in broken.stderr
    assert broken.stderr.rstrip().endswith("not sound")


def test_no_study(tmp_path: Path) -> None:
    missing = run("audit", "verify", str(tmp_path))
    assert missing.returncode == 2
    assert "holds no study" in missing.stderr
    assert "Traceback" not in missing.stderr

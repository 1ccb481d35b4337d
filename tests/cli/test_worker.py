"""`crossblock worker --once` does what waits and stops."""

from pathlib import Path

from tests.cli.test_audit import run, study

__all__ = ["study"]


def test_once(study: Path) -> None:
    done = run("worker", str(study), "--once")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_no_study(tmp_path: Path) -> None:
    missing = run("worker", str(tmp_path), "--once")
    assert missing.returncode == 2
    assert "holds no study" in missing.stderr

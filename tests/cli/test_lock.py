"""`crossblock lock` refuses what is not locked, and leaves nothing behind."""

from pathlib import Path

from tests.cli.test_audit import run, study

__all__ = ["study"]


def test_not_locked(study: Path, tmp_path: Path) -> None:
    refused = run("lock", str(study), "-o", str(tmp_path / "bundle"))
    assert refused.returncode == 2
    assert "the study is not locked" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert list(tmp_path.iterdir()) == []

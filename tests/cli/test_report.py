from pathlib import Path

import pytest

from tests.cli.running import run


def test_a_report_of_a_protocol_without_ratings_writes_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "page.html"
    ran = run(capsys, "report", "williams-2018", "-o", str(target))
    assert ran.status == 2
    assert not target.exists()
    assert "Traceback" not in ran.err

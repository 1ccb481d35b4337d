from pathlib import Path

import pytest

from tests.cli.running import run


def test_the_demonstration_is_one_whole_page(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "report.html"
    ran = run(capsys, "demo", "-o", str(target))
    assert ran.status == 0
    assert ran.out.strip() == target.as_uri()
    page = target.read_text()
    assert "These ratings contain no naltrexone" in page
    assert "<script" not in page
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]

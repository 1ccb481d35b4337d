"""`crossblock leakcheck` as a user runs it, on a small study."""

import json

import pytest

from tests.cli.test_audit import run


@pytest.mark.slow
def test_no_arm_found() -> None:
    done = run("leakcheck", "williams-2018", "--participants", "20", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["leaks"] == []
    assert report["participants"] == 20
    assert report["roles"] == 6
    assert "no arm found" in done.stderr

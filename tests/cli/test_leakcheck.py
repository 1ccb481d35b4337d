"""`crossblock leakcheck` as a user runs it, on a small study of each truth."""

import json

import pytest

from tests.cli.test_audit import run


@pytest.mark.slow
def test_no_arm_found_under_either_truth() -> None:
    done = run("leakcheck", "williams-2018", "--participants", "20", "--json")
    assert done.returncode == 0, done.stderr
    reports = json.loads(done.stdout)
    assert set(reports) == {"identical", "effect"}
    for report in reports.values():
        assert report["leaks"] == []
        assert report["participants"] == 20
        assert report["roles"] == 7
        assert set(report["areas"]) == {"ridge", "neighbors", "forest", "boosted trees"}
        assert report["doubt"] == ""
    assert reports["identical"]["gain"] is None
    assert len(reports["effect"]["gain"]) == 2
    assert "the ratings alone: AUC" in done.stderr
    assert "everything beyond them" in done.stderr
    assert done.stderr.count("no arm found") == 2


def test_a_protocol_that_is_not_there_is_said_before_anything_is_played() -> None:
    done = run("leakcheck", "nobody-1900")
    assert done.returncode != 0
    assert "nobody-1900" in done.stderr
    assert "Traceback" not in done.stderr

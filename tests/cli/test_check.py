from pathlib import Path

import pytest

from tests.cli.running import run


def test_a_sound_protocol_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "check", "williams-2018")
    assert ran.status == 0
    assert "williams-2018: sound (crossover, 2 periods)" in ran.err
    assert "Sources disagree" in ran.err
    assert ran.out == ""


def test_json_is_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "check", "nimh-ketamine-saline", "--json").json()
    assert found["periods"] == 2
    assert len(str(found["sha256"])) == 64
    assert any(a["path"].startswith("administrations.ketamine.dose") for a in found["assumptions"])


def test_a_file_that_is_not_there_is_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ran = run(capsys, "check", str(tmp_path / "nothing.toml"))
    assert ran.status == 2
    assert "nothing.toml" in ran.err
    assert "Traceback" not in ran.err

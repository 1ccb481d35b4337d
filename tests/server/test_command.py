"""The command line's door to the server: it points Django at a study, or says what is missing."""

import os
from pathlib import Path

import pytest

from crossblock.core.errors import InputError
from crossblock.server import command, study
from tests.server.world import World


def test_no_study_no_server(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no study"):
        command.conduct.serve(tmp_path)


def test_verify_and_work_on_a_study(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STUDY", "DATABASE", "TLS", "HOSTS"):
        monkeypatch.setenv(f"CROSSBLOCK_{name}", os.environ.get(f"CROSSBLOCK_{name}", ""))
    found = command.conduct.verify(lite.folder)
    assert found.sound
    assert command.conduct.work(lite.folder, once=True) == 1  # the check of every day
    assert command.conduct.work(lite.folder, once=True) == 0
    assert os.environ["CROSSBLOCK_HOSTS"].split(",")[0] == "127.0.0.1"
    assert study.current().folder == lite.folder


def test_without_tls_only_this_computer(lite: World) -> None:
    with pytest.raises(InputError, match="not served without TLS"):
        command.point_at(lite.folder).serve("trial.example.org", 8000, workers=1, behind_tls=False)

"""Preparing a clinic: migrated, verified, witnessed."""

import pytest

from crossblock.server import study
from crossblock.server.clinic import desk
from crossblock.server.record import witness
from tests.server.clinic.conftest import Clinic
from tests.server.clinic.test_paging import toml


def test_prepare_verifies_and_witnesses(clinic: Clinic) -> None:
    clinic.ready()
    found = desk.prepare("", "")
    assert found.faults == []
    last = witness.last(study.current().witness)
    assert last is not None
    assert last.seq == found.events


def test_the_start_says_who_cannot_be_paged(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    toml(clinic, page_to='"gone@example.org"')
    desk.prepare("", "")
    said = capsys.readouterr().err
    assert "page_to: gone@example.org is no active person with a role" in said
    assert "nobody is called outside this server" in said

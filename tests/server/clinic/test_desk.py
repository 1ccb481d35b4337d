"""Preparing a clinic: migrated, verified, witnessed."""

from crossblock.server import study
from crossblock.server.clinic import desk
from crossblock.server.record import witness
from tests.server.clinic.conftest import Clinic


def test_prepare_verifies_and_witnesses(clinic: Clinic) -> None:
    clinic.ready()
    found = desk.prepare("", "")
    assert found.faults == []
    last = witness.last(study.current().witness)
    assert last is not None
    assert last.seq == found.events

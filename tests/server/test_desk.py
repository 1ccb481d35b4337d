"""The desk: first people once, jobs that fail keep a sentence, the bundle written whole."""

import os
from pathlib import Path

import pytest

from crossblock.core.errors import InputError, OutputError
from crossblock.load import bundle
from crossblock.server import desk, prepare, study
from crossblock.server.jobs import kinds, work
from crossblock.server.jobs.models import Job
from crossblock.server.record import witness
from crossblock.server.record.models import Event
from crossblock.server.roles import RefusedError, Role
from crossblock.server.trial import procedures
from tests.server.world import PASSWORD, World


def test_first_people_only_once(lite: World) -> None:
    with pytest.raises(InputError, match="there are people already"):
        desk.first_people()


def test_a_failing_job_does_not_stop_the_worker(
    lite: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(job: Job) -> str:
        raise MemoryError

    monkeypatch.setitem(kinds.DO, "export", broken)
    for kind in ("export", "verify"):
        work.want(lite.actor(Role.MONITOR), kind)
    assert desk.work(once=True) == 3  # and the check of every day
    assert [j.state for j in Job.objects.all()] == ["failed", "done", "done"]
    assert Job.objects.first().result == "failed: MemoryError"


def test_locking_from_the_desk(lite: World, tmp_path: Path) -> None:
    person = lite.started()
    lite.rate(person)
    procedures.withdraw(lite.actor(Role.COORDINATOR), person, "moved away")
    mail = lite.actor(Role.MONITOR).email
    with pytest.raises(RefusedError, match="not locked"):
        desk.lock(tmp_path / "b", email="", password="")
    with pytest.raises(RefusedError, match="is not right"):
        desk.lock(tmp_path / "b", email=mail, password="wrong")
    assert desk.lock(tmp_path / "b", email=mail, password=PASSWORD) == []
    assert bundle.read(tmp_path / "b").ratings.participants == (person.code,)
    with pytest.raises(OutputError, match="exists already"):
        desk.lock(tmp_path / "b", email="", password="")
    assert desk.verified(rows=True).sound


def test_a_long_chain_is_verified_beside_the_pages(
    world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    world.started()
    monkeypatch.setattr(prepare, "AT_ONCE", 10)
    assert prepare.is_long()
    before = witness.last(study.current().witness)
    assert os.waitpid(desk.verify_beside(), 0)[1] == 0
    last = Event.objects.latest("seq").seq
    assert f"audit: {last} events verified" in capfd.readouterr().err
    seen = witness.last(study.current().witness)
    assert before is not None
    assert seen is not None
    assert before.seq < seen.seq == last

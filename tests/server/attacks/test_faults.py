"""What breaks underneath: disk full, read-only, connection killed, power cut, clock, flood.

Nothing half-written, a page that says so, and the next request works by itself.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from crossblock.server import clock, study
from crossblock.server.record import chain, witness
from crossblock.server.record.audit import verify
from crossblock.server.record.models import Event, Participant, Version
from crossblock.server.record.standing import standing
from crossblock.server.roles import Role
from crossblock.server.trial import procedures
from crossblock.server.trial.allocation import randomize
from crossblock.server.trial.models import Allocation
from tests.server.conftest import connect, sql
from tests.server.web import client, fill, text_of
from tests.server.world import HAMD17, World


def counts() -> tuple[int, int, int]:
    return Event.objects.count(), Participant.objects.count(), Version.objects.count()


def as_served() -> None:
    """Do what the server does between requests: drop a connection that is of no use any more."""
    connection.errors_occurred = True
    connection.close_if_unusable_or_obsolete()


@contextmanager
def pragma(on: str, off: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(on)
        yield
        cursor.execute(off)


@contextmanager
def full_disk() -> Iterator[None]:
    """Give the database file no further page, as a full disk does."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
    with pragma(f"PRAGMA max_page_count = {pages}", "PRAGMA max_page_count = 1073741823"):
        yield


def test_a_full_disk_saves_nothing_says_so_and_recovers_alone(lite: World) -> None:
    person = lite.started()
    web = client(lite, Role.OUTCOME_RATER)
    path = f"/p/{person.code}/1/d1/hamd17/"
    before = counts()
    with full_disk():
        told = set()
        for visit in ("d1", "d3", "d5"):
            page = web.post(
                f"/p/{person.code}/1/{visit}/hamd17/",
                {
                    "base": "0",
                    "key": visit,
                    "occurred": "2026-07-01T10:00",
                    "q-item1": "1" * 90_000,
                },
            )
            told.add(page.status_code)
        assert told == {503}
        assert "Nothing was saved" in text_of(page)
        assert "1" * 90_000 in page.content.decode()
        assert counts() == before
    as_served()
    assert fill(web, path, HAMD17).status_code == 302
    assert verify(study.current()).sound


def test_a_read_only_file_system_is_said(lite: World) -> None:
    web = client(lite, Role.COORDINATOR)
    assert web.get("/participants/").status_code == 200
    before = counts()
    with pragma("PRAGMA query_only = ON", "PRAGMA query_only = OFF"):
        answer = web.post("/participants/", {"site": "a", "key": "k"})
        assert (answer.status_code, counts()) == (503, before)
        assert web.get("/participants/").status_code == 200  # reading goes on
    assert web.post("/participants/", {"site": "a", "key": "k"}).status_code == 302


def test_a_connection_killed_within_a_request_leaves_nothing(
    pg: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pg.cluster is not None
    web, cluster = client(pg, Role.COORDINATOR), pg.cluster
    before = counts()
    append = chain.append

    def killed(*args: Any, **kwargs: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        sql(cluster, f"SELECT pg_terminate_backend({pid})")
        return append(*args, **kwargs)

    with monkeypatch.context() as broken:
        broken.setattr(chain, "append", killed)
        answer = web.post("/participants/", {"site": "a", "key": "k"})
    assert answer.status_code == 503
    assert "Nothing was saved" in text_of(answer)
    as_served()
    assert counts() == before
    assert web.post("/participants/", {"site": "a", "key": "k"}).status_code == 302
    assert verify(study.current()).sound


def test_a_database_that_is_down_is_a_page_until_it_is_back(pg: World) -> None:
    assert pg.cluster is not None
    web, name = client(pg, Role.COORDINATOR), pg.address.rsplit("/", 1)[1]
    sql(pg.cluster, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    web.raise_request_exception = False
    gone = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    sql(pg.cluster, gone)
    for _ in range(3):
        as_served()
        for answer in (web.get("/participants/"), web.post("/participants/", {"site": "a"}),
                       Client(raise_request_exception=False).get("/health/")):  # fmt: skip
            assert answer.status_code == 503
            assert "does not answer" in text_of(answer)
            assert "psycopg" not in answer.content.decode()
    sql(pg.cluster, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    as_served()
    assert web.get("/participants/").status_code == 200


def test_a_disk_that_does_not_take_the_witness_line(
    lite: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The act is safe; the file has no half line; the page says so; the next act is witnessed."""
    first, second = lite.gated(), lite.gated()
    now = study.current()
    whole = now.witness.read_bytes()
    write = os.write
    web = client(lite, Role.COORDINATOR)
    for fault in ("half", "none"):
        with monkeypatch.context() as full:
            full.setattr(witness.os, "write", _failing(write, fault))
            answer = web.post(f"/p/{first.code}/randomize/")
        assert answer.status_code == (507 if fault == "half" else 302)
        assert now.witness.read_bytes() == whole
        if fault == "half":
            assert "Saved, but not witnessed" in text_of(answer)
    kept = Allocation.objects.get(participant=first)
    assert randomize(lite.actor(Role.COORDINATOR), first).allocation.pk == kept.pk
    assert web.post(f"/p/{second.code}/randomize/").status_code == 302
    assert len(now.witness.read_bytes()) > len(whole)
    assert standing(now).sound
    assert verify(now).sound


def _failing(write: Any, fault: str) -> Any:
    def failing(handle: int, data: bytes) -> int:
        if fault == "half":
            return int(write(handle, data[: len(data) // 2]))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return failing


def test_a_torn_last_line_of_the_witness_is_cut_before_the_next(lite: World) -> None:
    """A power cut in the middle of a line: what follows is read, nobody is locked out."""
    now = study.current()
    now.witness.write_bytes(now.witness.read_bytes() + b'{"seq": 99, "hash": "to')
    assert standing(now).sound
    lite.randomized()
    lines = now.witness.read_bytes().splitlines()
    assert all(json.loads(line)["signature"] for line in lines)
    assert standing(now).sound
    assert verify(now).sound


def test_what_was_acknowledged_survives_a_power_cut(lite: World, tmp_path: Path) -> None:
    """Only what had reached the files by the acknowledgment is left, with a torn tail behind it."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone()[0] == 2  # FULL: each commit waits for the disk
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone()[0] == "wal"
    person = lite.randomized()
    acknowledged = Event.objects.order_by("seq").values_list("seq", "hash").last()
    left = tmp_path / "left" / "study"
    shutil.copytree(lite.folder, left)  # the database was not closed: its log is as it is
    tail = left / "data" / "study.sqlite3-wal"
    tail.write_bytes(tail.read_bytes() + os.urandom(3000))
    connect("", left)
    assert Event.objects.order_by("seq").values_list("seq", "hash").last() == acknowledged
    assert Allocation.objects.get().participant.code == person.code
    assert verify(study.current()).sound
    assert standing(study.current()).sound


def test_a_lost_commit_is_found_by_the_witness(lite: World, tmp_path: Path) -> None:
    """A disk that lies about its sync loses the last commit: randomization locks, and says why."""
    lite.randomized()
    again = lite.gated()
    connection.close()
    link = sqlite3.connect(lite.folder / "data" / "study.sqlite3")
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()
    before = shutil.copytree(lite.folder / "data", tmp_path / "before")
    later = lite.randomized()
    kits = Allocation.objects.get(participant=later).slot.kits
    connection.close()
    for file in (lite.folder / "data").glob("study.sqlite3*"):
        file.unlink()
    shutil.copy(before / "study.sqlite3", lite.folder / "data" / "study.sqlite3")
    connect("", lite.folder)
    answer = client(lite, Role.COORDINATOR).post(f"/p/{again.code}/randomize/")
    assert answer.status_code == 409
    assert "randomization is locked" in text_of(answer).lower()
    assert "an older copy was put back" in text_of(answer)
    assert not Allocation.objects.filter(slot__kits=kits).exists()


def test_the_folder_on_another_host_is_the_same_study(lite: World, tmp_path: Path) -> None:
    person = lite.randomized()
    connection.close()
    moved = shutil.copytree(lite.folder, tmp_path / "elsewhere" / "study")
    connect("", moved)
    assert verify(study.current()).sound
    assert standing(study.current()).sound
    assert randomize(lite.actor(Role.COORDINATOR), person).new is False


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(days=400)])
def test_a_clock_set_back_keeps_the_order_and_the_blind(lite: World, back: timedelta) -> None:
    """Order is by number; the jump is an event; nothing is taken at a time that has not come."""
    person = lite.started()
    coordinator = lite.actor(Role.COORDINATOR)
    with clock.pretending(clock.now() - back):
        procedures.enroll(coordinator, "a", "later by number")
        late = client(lite, Role.COORDINATOR).post(f"/p/{person.code}/finish/1/", {})
        assert late.status_code == 422
    numbers = list(Event.objects.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert Event.objects.filter(action="clock.back").exists()
    assert verify(study.current()).sound


def test_jobs_wait_in_line_and_a_person_cannot_flood_it(lite: World) -> None:
    web = client(lite, Role.MONITOR)
    for _ in range(20):
        web.post("/jobs/", {"kind": "export"})
    assert Event.objects.filter(action="job.want").count() == 5
    refused = web.post("/jobs/", {"kind": "export"})
    assert refused.status_code == 409
    web = client(lite, Role.OUTCOME_RATER)
    for _ in range(60):
        web.get("/audit/")
    assert Event.objects.filter(action="page.refused").count() <= 30


def test_names_of_people_are_never_asked_for(lite: World) -> None:
    """Erasure: of a participant the record has a code and a number, no name to erase."""
    fields = {f.name for f in Participant._meta.get_fields() if not f.is_relation}
    assert fields == {"id", "seq", "at", "code", "site", "number"}
    sheets = [procedures.sheet_of(n) for n in ("screening", "consent", "gate")]
    asked = " ".join(q.label.lower() for s in sheets for q in s.questions)
    for word in ("surname", "initials", "address", "phone", "date of birth", "insurance"):
        assert word not in asked

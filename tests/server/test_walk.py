"""The leak test finds nothing in the server as it is, and each of twelve planted leaks."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from crossblock.cli.leaks import LeakReport, look, new_study, outcome_visit
from crossblock.cli.theater import VirtualRaters
from crossblock.domain.protocol import Protocol
from crossblock.load import catalog
from crossblock.load.protocol import read as read_protocol
from crossblock.server import guard, rehearsal, walk
from crossblock.server.jobs import kinds
from crossblock.server.prepare import begin, migrate
from crossblock.server.record.models import Event
from crossblock.server.record.triggers import names
from crossblock.server.roles import Role
from tests.server import conftest

PEOPLE = 40
SOURCE = "williams-2018"
CODE = re.compile(r"^/p/([A-Z0-9-]+)/")
Tamper = Callable[[Any, Any, str, int], None]


class Peek:
    """A played virtual study, and who got what in it."""

    def __init__(self, protocol: Protocol, raters: VirtualRaters) -> None:
        self.protocol, self.raters = protocol, raters
        found = walk.walk(outcome_visit(protocol), ())
        self.slots = found.slots
        ids = protocol.sequence_ids
        self.arm = {c: ids.index(raters.sequence_of[s]) for c, s in self.slots.items()}

    def sequence(self, arm: int) -> str:
        return self.protocol.sequence_ids[arm]

    def report(self, *roles: Role) -> LeakReport:
        found = walk.walk(outcome_visit(self.protocol), roles or (Role.COORDINATOR,))
        return look(self.protocol, found, self.raters, seed=1)


@pytest.fixture(scope="module")
def peek(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peek]:
    folder = tmp_path_factory.mktemp("leaks") / "study"
    protocol = read_protocol(SOURCE)
    raters = new_study(folder, protocol, catalog.path("protocols", SOURCE), PEOPLE, 1)
    conftest.connect("", folder)
    migrate()
    begin()
    rehearsal.cast()
    walk.populate(PEOPLE, raters)
    yield Peek(protocol, raters)
    conftest.connections["default"].close()


@pytest.fixture
def plant(peek: Peek, monkeypatch: pytest.MonkeyPatch) -> Callable[[Tamper], None]:
    """Change every answer of the server, knowing the arm of the participant it is about."""

    def planted(tamper: Tamper) -> None:
        original = guard.actor

        def leaky(get_response: Any) -> Any:
            inner = original(get_response)

            def respond(request: Any) -> Any:
                response = inner(request)
                about = CODE.match(request.path)
                code = about[1] if about else ""
                tamper(request, response, code, peek.arm.get(code, -1))
                return response

            return respond

        monkeypatch.setattr(guard, "actor", leaky)

    return planted


def test_as_it_is_there_is_no_leak(peek: Peek) -> None:
    report = peek.report(*walk.EYES)
    assert report.leaks == ()
    assert report.pages > 1000
    assert report.features > 150
    assert abs(report.auc - 0.5) < report.auc_limit


def _comment(peek: Peek) -> Tamper:
    def tamper(request: Any, response: Any, code: str, arm: int) -> None:
        if code and response.status_code == 200:
            response.content += f"<!-- {peek.sequence(arm)} -->".encode()

    return tamper


def _base64(peek: Peek) -> Tamper:
    def tamper(request: Any, response: Any, code: str, arm: int) -> None:
        if code:
            text = f"arm={peek.sequence(arm)};v=1"
            response["X-Trace"] = base64.b64encode(text.encode()).decode()

    return tamper


def _length(peek: Peek) -> Tamper:
    def tamper(request: Any, response: Any, code: str, arm: int) -> None:
        if code and response.status_code == 200:
            response.content += b" " * (3 * arm)

    return tamper


def _header(peek: Peek) -> Tamper:
    def tamper(request: Any, response: Any, code: str, arm: int) -> None:
        if code:
            response["X-Pool"] = "pq"[arm]

    return tamper


def _time(peek: Peek) -> Tamper:
    def tamper(request: Any, response: Any, code: str, arm: int) -> None:
        if arm == 1:
            time.sleep(0.012)

    return tamper


def _question(peek: Peek) -> Tamper:
    def tamper(request: Any, response: Any, code: str, arm: int) -> None:
        if arm == 1:
            Event.objects.filter(seq=1).exists()

    return tamper


def _order(peek: Peek) -> Tamper:
    def tamper(request: Any, response: Any, code: str, arm: int) -> None:
        if request.path == "/participants/":
            response.content = " ".join(sorted(peek.arm, key=lambda c: peek.arm[c])).encode()

    return tamper


def _log(peek: Peek) -> Tamper:
    def tamper(request: Any, response: Any, code: str, arm: int) -> None:
        if code:
            logging.getLogger("crossblock").info("dispense %s %s", code, peek.sequence(arm))

    return tamper


def _error_page(peek: Peek) -> Tamper:
    def tamper(request: Any, response: Any, code: str, arm: int) -> None:
        if response.status_code == 404 and arm == 1:
            response.content = response.content.replace(b"no such page", b"no page")

    return tamper


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_comment, r"timeline: (placebo|naltrexone)-first"),
        (_base64, r"headers: .* in base64"),
        (_length, r"length goes with the arm"),
        (_header, r"header X-Pool goes with the arm"),
        (_time, r"time goes with the arm"),
        (_question, r"questions to the database goes with the arm"),
        (_order, r"/participants/: order goes with the arm"),
        (_log, r"^log: (placebo|naltrexone)-first"),
        (_error_page, r"no page: length goes with the arm"),
    ],
)
def test_a_planted_leak_in_answers_is_caught(
    peek: Peek, plant: Callable[[Tamper], None], make: Callable[[Peek], Tamper], words: str
) -> None:
    plant(make(peek))
    leaks = peek.report().leaks
    assert any(re.search(words, leak) for leak in leaks), leaks


def test_a_planted_leak_in_an_export_is_caught(peek: Peek, monkeypatch: pytest.MonkeyPatch) -> None:
    original = kinds.tables

    def leaky() -> Any:
        found = dict(original())
        told = [
            (*row, hashlib.sha256(peek.sequence(peek.arm.get(row[0], 0)).encode()).hexdigest())
            for row in found["steps"]
        ]
        return {**found, "steps": tuple(told)}

    monkeypatch.setattr(kinds, "tables", leaky)
    leaks = peek.report().leaks
    assert any("export steps.csv: sha256 of" in leak for leak in leaks), leaks


def _database_change(peek: Peek, table: str, change: Callable[[int], str]) -> LeakReport:
    """Change a table by arm past its guard, look, and put it back."""
    file = Path(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = file.read_bytes()
    try:
        with connection.cursor() as cursor:
            for name in names("sqlite", table):
                cursor.execute(f"DROP TRIGGER {name}")
            for code, arm in peek.arm.items():
                cursor.execute(change(arm), [code])
        return peek.report(Role.SPONSOR)
    finally:
        connection.close()
        for tail in ("-wal", "-shm"):
            file.with_name(file.name + tail).unlink(missing_ok=True)
        file.write_bytes(before)


PERSON = "(SELECT id FROM record_participant WHERE code = %s)"


def test_a_planted_leak_in_the_database_is_caught(peek: Peek) -> None:
    report = _database_change(
        peek,
        "record_step",
        lambda arm: (
            f"UPDATE record_step SET detail = '{{\"pool\":{arm}}}' "
            f"WHERE name = 'consented' AND participant_id = {PERSON}"
        ),
    )
    assert any("record_step consented0, detail goes with" in leak for leak in report.leaks)


def test_a_planted_leak_in_kit_ids_is_caught(peek: Peek) -> None:
    mark = "CD"
    report = _database_change(
        peek,
        "trial_slot",
        lambda arm: (
            "UPDATE trial_slot SET kits = "
            f"replace(kits, substr(kits, 7, 1), '{mark[arm]}') WHERE id = "
            f"(SELECT slot_id FROM trial_allocation WHERE participant_id = {PERSON})"
        ),
    )
    assert any("kit letter" in leak for leak in report.leaks), report.leaks


def test_put_back_it_is_clean_again(peek: Peek) -> None:
    assert peek.report(Role.COORDINATOR).leaks == ()

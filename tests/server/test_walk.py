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
from django.urls import URLPattern, get_resolver

from crossblock.cli.leaks import LeakReport, look, new_study, outcome_visit
from crossblock.cli.theater import VirtualRaters
from crossblock.domain.protocol import Protocol
from crossblock.load import catalog
from crossblock.load.protocol import read as read_protocol
from crossblock.server import cohort, guard, rehearsal, walk
from crossblock.server.jobs import kinds
from crossblock.server.prepare import begin, migrate
from crossblock.server.record.models import Event, Participant
from crossblock.server.record.triggers import names
from crossblock.server.roles import Role
from tests.server import conftest

PEOPLE = 40
SOURCE = "williams-2018"
CODE = re.compile(r"^/p/([A-Z0-9-]+)/")
Tamper = Callable[["Peek", Any, str, int], None]


class Peek:
    """A played virtual study, and who got what in it."""

    def __init__(self, protocol: Protocol, raters: VirtualRaters) -> None:
        self.protocol, self.raters = protocol, raters
        found = walk.walk(outcome_visit(protocol), (), 0)
        self.slots = found.slots
        ids = protocol.sequence_ids
        self.arm = {c: ids.index(raters.sequence_of[s]) for c, s in self.slots.items()}

    def sequence(self, arm: int) -> str:
        return self.protocol.sequence_ids[arm]

    def report(self, *roles: Role) -> LeakReport:
        found = walk.walk(outcome_visit(self.protocol), roles, 0)
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
    cohort.populate(PEOPLE, raters)
    yield Peek(protocol, raters)
    conftest.connections["default"].close()


def test_as_it_is_there_is_no_leak(peek: Peek) -> None:
    report = peek.report(*walk.EYES)
    assert report.leaks == ()
    assert report.roles == len(walk.EYES)
    assert report.pages > 1000
    assert report.features > 1000
    assert abs(report.auc - 0.5) < report.auc_limit


def test_every_address_in_every_encoding_is_looked_at(peek: Peek) -> None:
    found = walk.walk(outcome_visit(peek.protocol), (Role.OUTCOME_RATER,), 1)
    assert look(peek.protocol, found, peek.raters, seed=1).leaks == ()
    walked = {s.kind.split(",")[0] for s in found.close}
    named = {str(p.name) for p in get_resolver().url_patterns if isinstance(p, URLPattern)}
    assert walked >= named
    for words, _ in walk.ASKED_FOR:
        assert sum(s.kind.endswith(words) for s in found.close) > 30, words
    assert {s.status for s in found.close} >= {200, 302, 404, 405, 422}
    assert Participant.objects.count() == PEOPLE  # empty forms were taken back


def _comment(peek: Peek, response: Any, code: str, arm: int) -> None:
    response.content += f"<!-- {peek.sequence(arm)} -->".encode()


def _base64(peek: Peek, response: Any, code: str, arm: int) -> None:
    text = f"arm={peek.sequence(arm)};v=1"
    response["X-Trace"] = base64.b64encode(text.encode()).decode()


def _length(peek: Peek, response: Any, code: str, arm: int) -> None:
    response.content += b" " * (3 * arm)


def _header(peek: Peek, response: Any, code: str, arm: int) -> None:
    response["X-Pool"] = "pq"[arm]


def _time(peek: Peek, response: Any, code: str, arm: int) -> None:
    time.sleep(0.2 * arm)  # more than a busy machine adds by itself


def _question(peek: Peek, response: Any, code: str, arm: int) -> None:
    if arm == 1:
        Event.objects.filter(seq=1).exists()


def _order(peek: Peek, response: Any, code: str, arm: int) -> None:
    response.content = " ".join(sorted(peek.arm, key=lambda c: peek.arm[c])).encode()


def _log(peek: Peek, response: Any, code: str, arm: int) -> None:
    logging.getLogger("crossblock").info("dispense %s %s", code, peek.sequence(arm))


def _error_page(peek: Peek, response: Any, code: str, arm: int) -> None:
    if arm == 1:
        response.content = response.content.replace(b"no such page", b"no page")


PLANTED: dict[str, tuple[str, Tamper, str]] = {
    "a comment in a page": (r"/p/[^/]+/$", _comment, r"timeline: (placebo|naltrexone)-first"),
    "base64 in a header": (r"/p/[^/]+/$", _base64, r"timeline, headers: .* in base64"),
    "spaces at the end": (r"/p/.*/receipt/$", _length, r"receipt: length goes with the arm"),
    "a header of two groups": (r"/p/.*/receipt/$", _header, r"header X-Pool goes with the arm"),
    "a slower answer": (r"/p/.*/kit/", _time, r"kit: time goes with the arm"),
    "one question more": (r"/p/.*/gate/", _question, r"gate: questions .* goes with the arm"),
    "the order of a list": (r"/participants/$", _order, r"/participants/: order goes with the arm"),
    "a line in the log": (r"/p/.*/entry/", _log, r"^log: (placebo|naltrexone)-first"),
    "another error page": (r"/p/.*/nothing/", _error_page, r"no page: length goes with the arm"),
}


@pytest.fixture(scope="module")
def leaks(peek: Peek) -> tuple[str, ...]:
    """Plant every leak at a page of its own, and return what one walk found."""
    original = guard.actor

    def leaky(get_response: Any) -> Any:
        inner = original(get_response)

        def respond(request: Any) -> Any:
            response = inner(request)
            about = CODE.match(request.path)
            code = about[1] if about else ""
            for where, tamper, _ in PLANTED.values():
                if re.match(where, request.path):
                    tamper(peek, response, code, peek.arm.get(code, -1))
            return response

        return respond

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "actor", leaky)
        return peek.report(Role.COORDINATOR).leaks


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_in_answers_is_caught(leaks: tuple[str, ...], name: str) -> None:
    words = PLANTED[name][2]
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
    assert any("export steps.csv: " in leak and "sha256 of it" in leak for leak in leaks), leaks


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
        return peek.report()
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
    assert any("record_step consented 0, detail goes with" in leak for leak in report.leaks)


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
    assert any("kits: letter" in leak for leak in report.leaks), report.leaks


def test_put_back_it_is_clean_again(peek: Peek) -> None:
    assert peek.report(Role.COORDINATOR).leaks == ()

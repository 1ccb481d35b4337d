"""Everything that a blinded person can get out of the server, gathered for the leak test.

It opens pages as every blinded role, for every participant, and keeps what came back: bytes,
headers, how long it took, how many questions it asked of the database. It knows no arm.
"""

from __future__ import annotations

import io
import logging
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client

from crossblock.server import clock, study
from crossblock.server.accounts.models import Person
from crossblock.server.accounts.people import actor_of
from crossblock.server.jobs import kinds
from crossblock.server.jobs.models import Job
from crossblock.server.record.entries import Submission
from crossblock.server.record.models import Entry, Participant
from crossblock.server.rehearsal import CONSENT, GATE, Raters, screening
from crossblock.server.roles import BLINDED, EVERY_SITE, Actor, Role
from crossblock.server.stage import HOST, address
from crossblock.server.trial import allocation, kits, procedures, rating
from crossblock.server.trial.models import Allocation
from crossblock.server.trial.schedule import Place, places

COMMON = (
    "/", "/participants/", "/schedule/", "/queries/", "/completeness/", "/flow/", "/safety/",
    "/harm/", "/deviations/", "/unblindings/", "/audit/", "/people/", "/amendments/", "/sealed/",
    "/jobs/", "/lock/", "/stock/", "/visibility/", "/me/", "/rollback/", "/health/",
    "/accounts/2fa/", "/nowhere/",
)  # fmt: skip
HEADERS_THAT_VARY = frozenset({"Date", "Set-Cookie", "Expires"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One answer of the server. `code` is the participant that it is about, "" for none."""

    role: str
    kind: str
    path: str
    code: str
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]
    ms: float
    queries: int


@dataclass(kw_only=True)
class Gathered:
    """All that was seen, and what lies around: logs, exports, the database as text."""

    seen: list[Seen] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    exports: dict[str, bytes] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)


class Asked:
    """Counts what is asked of the database."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


class Listener(logging.Handler):
    """Keeps what the server logs."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def populate(people: int, raters: Raters) -> None:
    """Bring `people` participants into period 1, through the writer door, with a few ratings."""
    now = study.current()
    sites = [s.id for s in now.conduct.sites]
    for index in range(people):
        site = sites[index % len(sites)]
        coordinator = _actor(Role.COORDINATOR, site)
        person = procedures.enroll(coordinator, site, f"leakcheck-{index}")
        for name, period, answers in (
            ("screening", 0, screening()), ("consent", 0, CONSENT), ("gate", 1, GATE),
        ):  # fmt: skip
            procedures.take(coordinator, person, name, period, answers, _sent(f"{name}{index}"))
        slot = allocation.randomize(coordinator, person).allocation.slot.number
        kits.dispense(coordinator, person, 1, kits.kit_of(person, 1))
        procedures.start(coordinator, person, 1, clock.now())
        _rate(person, slot, site, raters)


def _rate(person: Participant, slot: int, site: str, raters: Raters) -> None:
    """Save one session form and one outcome form."""
    now = study.current()
    wanted = {"outcome rater": 1, "session rater": 1}
    for place in places(now.protocol, now.conduct):
        role = {"outcome ratings": Role.OUTCOME_RATER}.get(str(place.thing))
        if role is None and str(place.thing) == "adverse events and vital signs":
            role = Role.SESSION_RATER
        if place.period != 1 or role is None or wanted.get(str(role), 0) == 0:
            continue
        if now.protocol.visit(place.visit).kind == "baseline":
            continue
        answers = raters.answers(slot, place)
        if answers is not None:
            sent = _sent(f"{place.form}{slot}")
            rating.save(_actor(role, site), person, place, answers, sent)
            wanted[str(role)] -= 1


def _actor(role: Role, site: str) -> Actor:
    key = "" if role in EVERY_SITE else site
    return actor_of(Person.objects.get(email=address(role, key)))


def _sent(key: str) -> Submission:
    return Submission(base=0, key=key, occurred=clock.now())


EYES = tuple(sorted(BLINDED - {Role.PARTICIPANT}))


def walk(visit: str, roles: Sequence[Role] = EYES) -> Gathered:
    """Open every page as every blinded role, and gather what lies around.

    visit: the outcome visit whose form is opened.
    """
    found = Gathered()
    root = logging.getLogger()
    level, handlers = root.level, root.handlers
    root.handlers = [Listener(found.log)]
    root.setLevel(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.WARNING)
    try:
        for role in roles:
            found.seen += _as_role(role, visit)
        found.exports = _exports()
    finally:
        root.handlers = handlers
        root.setLevel(level)
    found.tables = dict(_tables())
    rows = Allocation.objects.select_related("participant", "slot")
    found.slots = {a.participant.code: a.slot.number for a in rows}
    return found


def _as_role(role: Role, visit: str) -> Iterator[Seen]:
    site = study.current().conduct.sites[0].id
    web = Client(SERVER_NAME=HOST, raise_request_exception=False)
    web.force_login(Person.objects.get(email=address(role, "" if role in EVERY_SITE else site)))
    for path in COMMON:
        yield _open(web, role, "page", path, "")
    entries: dict[str, list[int]] = {}
    for entry in Entry.objects.select_related("participant").filter(visit__gt=""):
        entries.setdefault(entry.participant.code, []).append(entry.pk)
    for code in Participant.objects.order_by("pk").values_list("code", flat=True):
        yield _open(web, role, "timeline", f"/p/{code}/", code)
        yield _open(web, role, "no page", f"/p/{code}/nothing/", code)
        if role in {Role.COORDINATOR, Role.INVESTIGATOR}:
            yield _open(web, role, "receipt", f"/p/{code}/receipt/", code)
            yield _open(web, role, "gate", f"/p/{code}/gate/2/", code)
            yield _open(web, role, "kit", f"/p/{code}/kit/1/", code)
        if role is Role.OUTCOME_RATER:
            for place in _forms(visit):
                yield _open(web, role, "form", f"/p/{code}/{place.path}", code)
        for pk in entries.get(code, ())[:2]:
            yield _open(web, role, "versions", f"/p/{code}/entry/{pk}/", code)


def _forms(visit: str) -> list[Place]:
    now = study.current()
    every = [p for p in places(now.protocol, now.conduct) if (p.visit, p.period) == (visit, 1)]
    return [p for p in every if str(p.thing) == "outcome ratings"][:1]


def _open(web: Client, role: Role, kind: str, path: str, code: str) -> Seen:
    asked = Asked()
    begin = time.perf_counter()
    with connection.execute_wrapper(asked):
        answer = web.get(path)
    ms = 1000 * (time.perf_counter() - begin)
    headers = tuple(sorted((k, v) for k, v in answer.items() if k not in HEADERS_THAT_VARY))
    return Seen(
        role=str(role),
        kind=kind,
        path=path,
        code=code,
        status=answer.status_code,
        body=answer.content,
        headers=headers,
        ms=ms,
        queries=asked.count,
    )


def _exports() -> dict[str, bytes]:
    """Return the tables of a blinded export, as the monitor gets them."""
    job = Job.objects.create(kind="export", asked=clock.now())
    name = kinds.DO["export"](job)
    path = study.current().folder / "data" / "exports" / name
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


def _tables() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield every table of the database with its rows."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [c[0] for c in cursor.description]
            yield table, [dict(zip(names, row)) for row in cursor.fetchall()]

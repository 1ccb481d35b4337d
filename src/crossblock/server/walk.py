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

from django.db import connection, transaction
from django.test import Client

from crossblock.server import addresses, clock, study
from crossblock.server.accounts.models import Person
from crossblock.server.jobs import kinds
from crossblock.server.jobs.models import Job
from crossblock.server.pages.participants import A_PAGE
from crossblock.server.record.models import Entry, Participant
from crossblock.server.roles import BLINDED, EVERY_SITE, Role, Thing
from crossblock.server.stage import HOST, address
from crossblock.server.trial.models import Allocation, CodeBreak
from crossblock.server.trial.schedule import Place, places

COMMON = (
    "/", "/participants/", "/schedule/", "/queries/", "/completeness/", "/flow/", "/safety/",
    "/harm/", "/deviations/", "/unblindings/", "/audit/", "/people/", "/amendments/", "/sealed/",
    "/jobs/", "/lock/", "/stock/", "/visibility/", "/me/", "/rollback/", "/health/",
    "/accounts/2fa/", "/nowhere/",
)  # fmt: skip
LISTS = ("/participants/?page={}", "/audit/?before={}")
ASKED_FOR: tuple[tuple[str, dict[str, Any]], ...] = (
    ("as a browser asks", {}),
    ("gzip", {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br"}),
    ("JSON", {"HTTP_ACCEPT": "application/json"}),
    ("CSV", {"HTTP_ACCEPT": "text/csv"}),
    ("htmx", {"HTTP_HX_REQUEST": "true"}),
)
OPENED = 200
CLOSELY = 4
"""So many participants are walked over every address, in every encoding, with empty posts too."""
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
    close: list[Seen] = field(default_factory=list)
    """Every address in every encoding, for a few participants."""
    log: list[str] = field(default_factory=list)
    exports: dict[str, bytes] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    """Whose code was broken: the record says so, and their rater is off, whatever the arm."""


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


EYES = tuple(sorted(BLINDED))


def walk(visit: str, roles: Sequence[Role] = EYES, closely: int = CLOSELY) -> Gathered:
    """Open every page as every blinded role, and gather what lies around.

    visit: the outcome visit whose form is opened. closely: see `CLOSELY`.
    """
    found = Gathered()
    root = logging.getLogger()
    level, handlers = root.level, root.handlers
    root.handlers = [Listener(found.log)]
    root.setLevel(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.WARNING)
    try:
        found.exports = _exports()
        for role in roles:
            found.seen += _as_role(role, visit)
        for role in roles:
            found.close += _closely(role, closely)
    finally:
        root.handlers = handlers
        root.setLevel(level)
    found.tables = dict(_tables())
    found.broken = frozenset(CodeBreak.objects.values_list("participant__code", flat=True))
    rows = Allocation.objects.select_related("participant", "slot")
    found.slots = {a.participant.code: a.slot.number for a in rows}
    return found


def _as_role(role: Role, visit: str) -> Iterator[Seen]:
    web = browser(role)
    for path in COMMON:
        yield _open(web, role, "page", path, "")
    if role is Role.PARTICIPANT:
        yield from _as_participants(visit)
        return
    for n in range(2, Participant.objects.count() // A_PAGE + 2):
        yield _open(web, role, "page", f"/participants/?page={n}", "")
    entries: dict[str, list[int]] = {}
    for entry in Entry.objects.select_related("participant").filter(visit__gt=""):
        entries.setdefault(entry.participant.code, []).append(entry.pk)
    for code in Participant.objects.order_by("pk").values_list("code", flat=True):
        if role is Role.SPONSOR:
            break  # sees no participant; the close walk shows that every such page is not found
        yield _open(web, role, "timeline", f"/p/{code}/", code)
        yield _open(web, role, "no page", f"/p/{code}/nothing/", code)
        if role in {Role.COORDINATOR, Role.INVESTIGATOR}:
            yield _open(web, role, "receipt", f"/p/{code}/receipt/", code)
            yield _open(web, role, "gate", f"/p/{code}/gate/2/", code)
        if role is Role.COORDINATOR:
            yield _open(web, role, "kit", f"/p/{code}/kit/2/", code)
        if role is Role.OUTCOME_RATER:
            for place in _forms(visit, Thing.OUTCOME_FORMS):
                yield _open(web, role, "form", f"/p/{code}/{place.path}", code)
        for n, pk in enumerate(entries.get(code, ())[:1]):
            yield _open(web, role, f"versions {n}", f"/p/{code}/entry/{pk}/", code)


def _as_participants(visit: str) -> Iterator[Seen]:
    """Open, in everybody's own account, the page of one's own, own forms, and another's page."""
    role, mine = Role.PARTICIPANT, _forms(visit, Thing.SELF_FORMS)
    every = Person.objects.filter(participant__isnull=False).select_related("participant")
    people = list(every.order_by("pk"))
    for person, other in zip(people, [*people[1:], *people[:1]], strict=True):
        web, code = _signed_in(person), person.participant.code
        yield _open(web, role, "own page", "/me/", code)
        for place in mine:
            yield _open(web, role, "own form", f"/p/{code}/{place.path}", code)
        yield _open(
            web, role, "another's page", f"/p/{other.participant.code}/", other.participant.code
        )


def browser(role: Role) -> Client:
    """Return the browser of a blinded role at the first site, signed in.

    Of participants there is one account each; the first stands for them.
    """
    if role is Role.PARTICIPANT:
        return _signed_in(Person.objects.filter(participant__isnull=False).order_by("pk")[0])
    site = study.current().conduct.sites[0].id
    return _signed_in(Person.objects.get(email=address(role, "" if role in EVERY_SITE else site)))


def _signed_in(person: Person) -> Client:
    web = Client(SERVER_NAME=HOST, raise_request_exception=False)
    web.force_login(person)
    return web


def _closely(role: Role, count: int) -> Iterator[Seen]:
    """Open every address there is, in every encoding, and send it an empty form.

    Nothing of what is sent stays: each is taken back. These answers are searched for the arm; they
    are of too few participants to be counted.
    """
    web = browser(role)
    people = list(Participant.objects.order_by("pk")[:count])
    paths = {a.path: a for person in people for a in addresses.every(person)}
    for path, found in paths.items():
        if found.name.endswith("logout"):
            continue
        for words, asked in ASKED_FOR:
            seen = _open(web, role, f"{found.name}, {words}", path, "", **asked)
            yield seen
            if seen.status != OPENED or found.code not in {"", people[0].code}:
                break
        if "POST" in found.methods:
            yield _send(web, role, found)
    for pattern in LISTS:
        for n in range(1, 6):
            yield _open(web, role, "list", pattern.format(n), "")


def _send(web: Client, role: Role, found: addresses.Address) -> Seen:
    with transaction.atomic():
        answer = web.post(found.path, {})
        transaction.set_rollback(True)
    return _seen(role, f"{found.name}, sent empty", found.path, "", answer, 0.0, 0)


def _forms(visit: str, thing: Thing) -> list[Place]:
    now = study.current()
    every = [p for p in places(now.protocol, now.conduct) if (p.visit, p.period) == (visit, 1)]
    return [p for p in every if p.thing is thing][:1]


def _open(web: Client, role: Role, kind: str, path: str, code: str, **asked: Any) -> Seen:
    count = Asked()
    begin = time.perf_counter()
    with connection.execute_wrapper(count):
        answer = web.get(path, **asked)
    ms = 1000 * (time.perf_counter() - begin)
    return _seen(role, kind, path, code, answer, ms, count.count)


def _seen(
    role: Role, kind: str, path: str, code: str, answer: Any, ms: float, queries: int
) -> Seen:
    return Seen(
        role=str(role),
        kind=kind,
        path=path,
        code=code,
        status=answer.status_code,
        body=b"".join(answer) if answer.streaming else answer.content,
        headers=tuple(sorted((k, v) for k, v in answer.items() if k not in HEADERS_THAT_VARY)),
        ms=ms,
        queries=queries,
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

"""A large study for the load test: rows and chain written at once, as the writer door writes them.

Six sites; of 600 people six in ten are through, three in ten are in period 1, the others consented.
Whoever works there has an account and a session; `verify` finds the whole record sound.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from crossblock.cli.theater import virtual_study
from crossblock.load import catalog
from crossblock.load.protocol import read as read_protocol
from crossblock.server.command import point_at

SITES = "abcdef"
ITEMS = 17
BATCH = 20_000
DAY = timedelta(days=1)
STAFF = {"outcome rater": 12, "session rater": 8, "coordinator": 8, "investigator": 2,
         "pharmacist": 1}  # fmt: skip
EVERYWHERE = {"monitor": 6, "sponsor": 2}
PARTICIPANTS = 6
PERIOD = ("gated", "dispensed", "started", "discharged", "finished")


def folder_of(parent: Path, name: str, sites: str = SITES) -> Path:
    """Make a study folder with several sites and a dummy list."""
    one = catalog.path("conduct", "one-site").read_text()
    site = '[[sites]]\nid = "a"\nlabel = "Site A"\nzone = "UTC"\n'
    every = "\n".join(
        site.replace('"a"', f'"{s}"').replace("Site A", f"Site {s.upper()}") for s in sites
    )
    conduct = parent / f"{name}.toml"
    conduct.write_text(one.replace(site, every))
    source = catalog.path("protocols", "williams-2018")
    protocol = read_protocol("williams-2018")
    virtual_study(parent / name, protocol, source, slots=800, seed=1, conduct=conduct)
    return parent / name


class Bulk:
    """Adds rows with their events as the door does, many at a time."""

    def __init__(self) -> None:
        self.models = import_module("crossblock.server.record.models")
        self.chain = import_module("crossblock.server.record.chain")
        self.appended = import_module("crossblock.server.record.appended")
        self.connection = import_module("django.db").connection
        self.clock = import_module("crossblock.server.clock")
        head = self.models.Head.objects.get()
        self.seq, self.prev = head.seq, head.hash
        self.next: dict[type, int] = {}
        self.waiting: dict[type, list[Any]] = {}

    def write(
        self, action: str, code: str, at: datetime, rows: Sequence[Any], facts: Mapping[str, Any]
    ) -> None:
        """Add one event with the rows of its transaction."""
        self.seq += 1
        said = []
        for row in rows:
            model = type(row)
            if model not in self.next:
                last = model.objects.order_by("-pk").values_list("pk", flat=True).first()
                self.next[model] = (last or 0) + 1
            row.pk, row.seq, row.at = self.next[model], self.seq, at
            self.next[model] += 1
            for field in model._meta.concrete_fields:  # rows of this transaction know each other
                if field.is_relation and field.is_cached(row):
                    setattr(row, field.attname, getattr(row, field.name).pk)
            said.append([model._meta.db_table, row.pk, row.content_hash()])
            self.waiting.setdefault(model, []).append(row)
        text = self.clock.text(at)
        body = self.appended.canonical(
            {"seq": self.seq, "at": text, "actor": "bulk@demo.invalid", "action": action,
             "participant": code, "rows": said, "facts": facts}
        )  # fmt: skip
        link = self.chain.link(self.prev, body)
        event = self.models.Event(
            seq=self.seq, at=text, actor="bulk@demo.invalid", action=action, participant=code,
            body=body, prev=self.prev, hash=link,
        )  # fmt: skip
        self.waiting.setdefault(self.models.Event, []).append(event)
        self.prev = link
        if len(self.waiting[self.models.Event]) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Bring what waits into the database, and the head with it."""
        transaction = import_module("django.db").transaction
        with transaction.atomic(), self.connection.cursor() as cursor:
            for model, rows in self.waiting.items():
                fields = model._meta.concrete_fields
                names = ", ".join(f'"{f.column}"' for f in fields)
                values = [[getattr(r, f.attname) for f in fields] for r in rows]
                self._store(cursor, str(model._meta.db_table), names, values)
            self.models.Head.objects.update(seq=self.seq, hash=self.prev)
        self.waiting.clear()

    def _store(self, cursor: Any, table: str, names: str, rows: list[list[Any]]) -> None:
        if self.connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        adapt = self.connection.ops.adapt_datetimefield_value
        plain = [[adapt(v) if isinstance(v, datetime) else v for v in row] for row in rows]
        marks = ", ".join(["?"] * len(plain[0]))
        cursor.cursor.connection.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", plain
        )

    def close(self) -> None:
        """Write the rest, and let the database count on from here."""
        self.flush()
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                for model in self.next:
                    table = model._meta.db_table
                    cursor.execute(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) "
                        f"FROM {table}"
                    )
                cursor.execute("VACUUM ANALYZE")
            else:
                cursor.execute("ANALYZE")


def fill(people: int, values: int, events: int) -> dict[str, list[str]]:
    """Enter people with their steps and forms; return codes by state and site ("through a")."""
    bulk = Bulk()
    trial = import_module("crossblock.server.trial.models")
    schedule = import_module("crossblock.server.trial.schedule")
    study = import_module("crossblock.server.study").current()
    slots = list(trial.Slot.objects.order_by("place"))
    places = [p for p in schedule.places(study.protocol, study.conduct) if not p.rater]
    forms = max(1, values // ITEMS // (people * 9 // 10))
    found: dict[str, list[str]] = {}
    now = datetime.now(UTC)
    for i in range(people):
        site = SITES[i % len(SITES)]
        kind = ("through", "in period 1", "consented")[
            (i // len(SITES) % 10 > 5) + (i // len(SITES) % 10 > 8)
        ]
        begun = now - (DAY * (60 + i % 200) if kind == "through" else DAY * (i % 13) + DAY / 2)
        person = bulk.models.Participant(
            code=f"{site.upper()}-{i // len(SITES) + 1:03d}", site=site,
            number=i // len(SITES) + 1,
        )  # fmt: skip
        slot = slots[i] if kind != "consented" else None
        _steps(bulk, trial, person, kind, begun, slot)
        if slot is not None:
            _forms(bulk, person, begun, places, forms, periods=2 if kind == "through" else 1)
        found.setdefault(f"{kind} {site}", []).append(person.code)
    while bulk.seq < events:
        bulk.write("page.refused", "", now, (), {"path": "/people/", "method": "GET"})
    bulk.close()
    return found


def _steps(bulk: Bulk, trial: Any, person: Any, kind: str, begun: datetime, slot: Any) -> None:
    """Write the steps of somebody who is through, in period 1, or has consented only."""
    code, canonical = person.code, bulk.appended.canonical

    def step(name: str, period: int, at: datetime, *more: Any) -> None:
        row = bulk.models.Step(participant=person, name=name, period=period, occurred=at)
        bulk.write(f"step.{name}", code, at, [*more, row], {"period": period})

    bulk.write("participant.add", code, begun - 9 * DAY, [person], {})
    step("registered", 0, begun - 9 * DAY)
    step("screened", 0, begun - 8 * DAY)
    step("consented", 0, begun - 7 * DAY)
    if slot is None:
        return
    kits = json.loads(slot.kits)
    for period in (1, 2) if kind == "through" else (1,):
        start = begun + (period - 1) * 28 * DAY
        step("gated", period, start - DAY)
        if period == 1:
            given = trial.Allocation(participant=person, slot=slot, stratum=slot.stratum,
                                     receipt=canonical({"receipt": code}))  # fmt: skip
            step("randomized", 0, start - DAY, given)
        kit = trial.KitMove(kit=kits[period - 1], move="dispensed", participant=person,
                            period=period)  # fmt: skip
        step("dispensed", period, start, kit)
        step("started", period, start)
        if kind == "through":
            step("discharged", period, start + DAY / 4)
            step("finished", period, start + 14 * DAY)
    if kind == "through":
        step("completed", 0, begun + 45 * DAY)


def _forms(
    bulk: Bulk, person: Any, begun: datetime, places: list[Any], count: int, periods: int
) -> None:
    """Write so many forms of 17 values: scheduled ones first, then repeated vital signs."""
    answers = {f"item{i}": 1.0 for i in range(1, ITEMS + 1)}
    text = bulk.appended.canonical({"answers": answers, "values": {"total": 17.0}, "total": 17.0})
    digest = hashlib.sha256(text.encode()).hexdigest()
    mine = [p for p in places if p.period <= periods]
    if periods == 1:  # what is due this week is still to be filled
        mine = [p for p in mine if p.visit == "baseline"]
    for n in range(count):
        place = mine[n] if n < len(mine) else None
        form, visit, period = ("session-vitals", "infusion", 1)
        if place is not None:
            form, visit, period = place.form, place.visit, place.period
        entry = bulk.models.Entry(
            participant=person, form=form, visit=visit, period=period,
            repeat=1 if place is not None else n + 2,
        )  # fmt: skip
        version = bulk.models.Version(
            entry=entry, number=1, content=text, content_sha256=digest, occurred=begun,
            key=f"bulk-{n}",
        )  # fmt: skip
        bulk.write("rating.save", person.code, begun, [entry, version], {"form": form})


def people_of(codes: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """Make the accounts of 200 people with a session each; say whom each of them looks after."""
    accounts = import_module("crossblock.server.accounts.people")
    roles = import_module("crossblock.server.roles")
    client = import_module("django.test").Client
    found: list[dict[str, Any]] = []

    def one(role: str, site: str, n: int, mine: list[str], code: str = "") -> None:
        mail = f"{role.replace(' ', '-')}-{site or 'all'}-{n}@demo.invalid"
        person = accounts.invite(None, mail, f"{role} {site} {n}", None, code)
        accounts.give(None, accounts.ask(None, person, roles.Role(role), site, "load"))
        web = client(SERVER_NAME="127.0.0.1")
        web.force_login(person)
        found.append({"role": role, "codes": mine, "session": web.cookies["session"].value})

    for site in SITES:
        active = codes.get(f"in period 1 {site}", [])
        every = [*active, *codes.get(f"through {site}", [])]
        for role, count in STAFF.items():
            rates = role.endswith("rater")
            for n in range(count):
                mine = active[n::count] if rates else every
                one(role, site, n, mine or every)
    everybody = [c for some in codes.values() for c in some]
    for role, count in EVERYWHERE.items():
        for n in range(count):
            one(role, "", n, everybody)
    for n in range(PARTICIPANTS):
        site = SITES[n % len(SITES)]
        own = codes[f"in period 1 {site}"][n // len(SITES)]
        one("participant", site, n, [own], own)
    return found


def ready(count: int) -> list[str]:
    """Bring so many people to the gate, through the door."""
    submission = import_module("crossblock.server.record.entries").Submission
    procedures = import_module("crossblock.server.trial.procedures")
    rehearsal = import_module("crossblock.server.rehearsal")
    people = import_module("crossblock.server.accounts.people")
    person = import_module("crossblock.server.accounts.models").Person
    actor = people.actor_of(person.objects.get(email="coordinator-a-0@demo.invalid"))
    steps = (("screening", 0, rehearsal.screening()), ("consent", 0, rehearsal.CONSENT),
             ("gate", 1, rehearsal.GATE))  # fmt: skip
    codes = []
    for n in range(count):
        added = procedures.enroll(actor, "a", f"ready-{n}")
        for name, period, answers in steps:
            sent = submission(base=0, key=f"{name}-{n}", occurred=datetime.now(UTC))
            procedures.take(actor, added, name, period, answers, sent)
        codes.append(added.code)
    return codes


def enter(
    folder: Path, address: str, *, people: int, values: int, events: int, waiting: int
) -> dict[str, Any]:
    """Fill a study; return who works there and who waits to be randomized."""
    point_at(folder, address).prepare("", "")
    codes = fill(people, values, events)
    staff = people_of(codes)
    return {"staff": staff, "waiting": ready(waiting), "participants": people}

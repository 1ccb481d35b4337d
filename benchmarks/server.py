"""The server under load, on PostgreSQL: many at once, many rows, a long chain, a cold start.

A study with a million item values is entered directly (rows and chain as the door would write
them), then served by `crossblock serve`; the load comes over HTTP from another process. SECONDS
sets how long (600 at full size), VALUES and PEOPLE how many item values and participants.
"""

from __future__ import annotations

import hashlib
import html
import http.client
import json
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from tests.server import postgres

from crossblock.cli.theater import opened, virtual_study
from crossblock.load import catalog
from crossblock.load.protocol import read as read_protocol
from crossblock.server.command import point_at

SECONDS = int(os.environ.get("SECONDS", "600"))
VALUES = int(os.environ.get("VALUES", "1000000"))
RATE = 50
CLIENTS = 100
PEOPLE = int(os.environ.get("PEOPLE", "600"))
ITEMS = 17
RANDOMIZE = 64
BATCH = 4000
PASSWORD = "crossblock demonstration"


def percentile(values: list[float], share: float) -> float:
    """Return a percentile in ms."""
    ordered = sorted(values)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def enter(folder: Path, address: str, slots: dict[int, str]) -> list[str]:
    """Enter people through the door and ratings in bulk; return the participants' codes."""
    desk = point_at(folder, address)
    desk.prepare("", "")
    rehearsal = import_module("crossblock.server.rehearsal")
    rehearsal.cast()
    walk = import_module("crossblock.server.walk")
    theater = import_module("crossblock.cli.theater")
    raters = theater.VirtualRaters(protocol=read_protocol("williams-2018"), sequence_of=slots)
    walk.populate(PEOPLE, raters)
    bulk()
    models = import_module("crossblock.server.record.models")
    return list(models.Participant.objects.order_by("pk").values_list("code", flat=True))


def bulk() -> None:
    """Add versions until there are as many item values as wanted, with their chain."""
    models = import_module("crossblock.server.record.models")
    chain = import_module("crossblock.server.record.chain")
    appended = import_module("crossblock.server.record.appended")
    people = list(models.Participant.objects.order_by("pk"))
    head = models.Head.objects.get()
    seq, prev = head.seq, head.hash
    at = datetime.now(UTC) - timedelta(days=1)
    answers = {f"item{i}": 1.0 for i in range(1, ITEMS + 1)}
    content = appended.canonical({"answers": answers, "values": {"total": 17.0}, "total": 17.0})
    digest = hashlib.sha256(content.encode()).hexdigest()
    first_entry = models.Entry.objects.order_by("-pk").first().pk + 1
    first_version = models.Version.objects.order_by("-pk").first().pk + 1
    entries, versions, events = [], [], []
    for i in range(VALUES // ITEMS):
        seq += 1
        person = people[i % len(people)]
        entry = models.Entry(
            pk=first_entry + i, seq=seq, at=at, participant=person, form="hamd17",
            visit="d14", period=2, repeat=i // len(people) + 2,
        )  # fmt: skip
        version = models.Version(
            pk=first_version + i, seq=seq, at=at, entry_id=entry.pk, number=1, content=content,
            content_sha256=digest, occurred=at, key=f"bulk-{i}",
        )  # fmt: skip
        rows = [["record_entry", entry.pk, entry.content_hash()],
                ["record_version", version.pk, version.content_hash()]]  # fmt: skip
        said = {"seq": seq, "at": "2026-01-01T00:00:00.000000Z", "actor": "bulk", "facts": {},
                "action": "rating.save", "participant": person.code, "rows": rows}  # fmt: skip
        body = appended.canonical(said)
        link = chain.link(prev, body)
        events.append(
            models.Event(
                seq=seq, at=said["at"], actor="bulk", action="rating.save",
                participant=person.code, body=body, prev=prev, hash=link,
            )
        )  # fmt: skip
        entries.append(entry)
        versions.append(version)
        prev = link
        if len(events) == BATCH or i == VALUES // ITEMS - 1:
            models.Entry.objects.bulk_create(entries)
            models.Version.objects.bulk_create(versions)
            models.Event.objects.bulk_create(events)
            entries, versions, events = [], [], []
    models.Head.objects.update(seq=seq, hash=prev)
    with import_module("django.db").connection.cursor() as cursor:
        for table in ("record_entry", "record_version"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
        cursor.execute("ANALYZE")


class Browser:
    """One signed-in person on one kept connection."""

    def __init__(self, port: int, email: str, like: Browser | None = None) -> None:
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = dict(like.cookies) if like else {}
        if like is not None:  # signing in is limited per address; people keep their session
            return
        self.ask("GET", "/accounts/login/")
        sent = {"login": email, "password": PASSWORD}
        status, _ = self.ask("POST", "/accounts/login/", sent)
        assert status == 302, (email, status)

    def ask(self, method: str, path: str, sent: dict[str, str] | None = None) -> tuple[int, str]:
        """Send one request; return status and text."""
        jar = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        headers = {"Cookie": jar, "Referer": "http://127.0.0.1/"}
        body = None
        if sent is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({**sent, "csrfmiddlewaretoken": self.cookies.get("csrf", "")})
        self.link.request(method, path, body, headers)
        answer = self.link.getresponse()
        text = answer.read().decode()
        for header, value in answer.getheaders():
            if header == "Set-Cookie":
                name, _, rest = value.partition("=")
                self.cookies[name] = rest.split(";")[0]
        return answer.status, text


def one_act(web: Browser, role: str, codes: list[str], rng: random.Random) -> tuple[str, int]:
    """Do what such a person does: look at the day, at a participant, at a form; save one."""
    code = rng.choice(codes)
    draw = rng.random()
    if role == "outcome-rater" and draw < 0.5:
        visit = rng.choice(["d3", "d5", "d7", "d14", "baseline"])
        path = f"/p/{code}/1/{visit}/hamd6/"
        status, text = web.ask("GET", path)
        if draw < 0.25 and status == 200:
            sent = {k: html.unescape(v) for k, v in HIDDEN.findall(text)}
            sent |= {f"q-item{i}": "1" for i in (1, 2, 7, 8, 10, 13)}
            now = datetime.now(UTC) - timedelta(minutes=2)
            sent |= {"occurred": now.strftime("%Y-%m-%dT%H:%M"), "reason": "load"}
            status, _ = web.ask("POST", path, sent)
            return "save", status
        return "form", status
    if draw < 0.85:
        return "timeline", web.ask("GET", f"/p/{code}/")[0]
    if draw < 0.95:
        return "list", web.ask("GET", f"/participants/?page={rng.randrange(1, 12)}")[0]
    return "today", web.ask("GET", "/")[0]


HIDDEN = re.compile(r'<input type="hidden" name="(key|base)" value="([^"]*)">')


def drive(port: int, codes: list[str], seconds: int, out: Any) -> None:
    """Send RATE requests a second in all from CLIENTS people; put what they took on `out`."""
    took: dict[str, list[float]] = {}
    wrong: dict[str, int] = {}
    lock = threading.Lock()
    begin = time.monotonic() + 1

    def person(number: int) -> None:
        rng = random.Random(number)
        role = ("outcome-rater", "outcome-rater", "coordinator", "session-rater")[number % 4]
        web = browsers[number]
        turn = number / RATE
        while turn < seconds:
            time.sleep(max(0.0, begin + turn - time.monotonic()))
            start = time.perf_counter()
            try:
                kind, status = one_act(web, role, codes, rng)
            except (OSError, http.client.HTTPException):
                kind, status = "lost", 599
                web.link.close()
            with lock:
                took.setdefault(kind, []).append(time.perf_counter() - start)
                if status >= 400:
                    wrong[f"{kind} {status}"] = wrong.get(f"{kind} {status}", 0) + 1
            turn += CLIENTS / RATE

    roles = ("outcome-rater", "outcome-rater", "coordinator", "session-rater")
    first = {r: Browser(port, f"{r}-a@demo.invalid") for r in roles}
    browsers = [Browser(port, "", first[roles[n % 4]]) for n in range(CLIENTS)]
    threads = [threading.Thread(target=person, args=(n,)) for n in range(CLIENTS)]
    begin = time.monotonic() + 1
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    every = [v for values in took.values() for v in values]
    out.put(
        {
            "seconds": seconds,
            "requests": len(every),
            "requests_per_s": round(len(every) / seconds, 1),
            "p50_ms": percentile(every, 0.5),
            "p95_ms": percentile(every, 0.95),
            "p99_ms": percentile(every, 0.99),
            "errors": wrong,
            "p95_ms_by_kind": {k: percentile(v, 0.95) for k, v in sorted(took.items())},
        }
    )


def randomize_at_once(port: int, codes: list[str], out: Any) -> None:
    """Randomize as many people from as many clients at once; put what each took on `out`."""
    first = Browser(port, "coordinator-a@demo.invalid")
    browsers = [Browser(port, "", first) for _ in codes]
    ready = threading.Barrier(len(codes))
    took, status = [], []

    def press(n: int) -> None:
        ready.wait()
        start = time.perf_counter()
        answer, _ = browsers[n].ask("POST", f"/p/{codes[n]}/randomize/", {})
        took.append(time.perf_counter() - start)
        status.append(answer)

    threads = [threading.Thread(target=press, args=(n,)) for n in range(len(codes))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    out.put({"clients": len(codes), "p50_ms": percentile(took, 0.5),
             "p99_ms": percentile(took, 0.99), "all_done": set(status) == {302}})  # fmt: skip


def ready_to_randomize() -> list[str]:
    """Bring people to the gate, through the door."""
    walk = import_module("crossblock.server.walk")
    procedures = import_module("crossblock.server.trial.procedures")
    rehearsal = import_module("crossblock.server.rehearsal")
    roles = import_module("crossblock.server.roles")
    actor = walk._actor(roles.Role.COORDINATOR, "a")
    codes = []
    for n in range(RANDOMIZE):
        person = procedures.enroll(actor, "a", f"ready-{n}")
        steps = (("screening", 0, rehearsal.screening()), ("consent", 0, rehearsal.CONSENT),
                 ("gate", 1, rehearsal.GATE))  # fmt: skip
        for name, period, answers in steps:
            procedures.take(actor, person, name, period, answers, walk._sent(f"{name}-r{n}"))
        codes.append(person.code)
    return codes


def apart(target: Any, *arguments: Any) -> Any:
    """Run something in a process of its own and return what it put."""
    context = multiprocessing.get_context("spawn")
    out = context.Queue()
    process = context.Process(target=target, args=(*arguments, out))
    process.start()
    while process.is_alive() or not out.empty():
        if not out.empty():
            found = out.get()
            process.join()
            return found
        time.sleep(0.2)
    raise RuntimeError(f"{target.__name__} left with {process.exitcode}")


def serve(folder: Path, address: str, port: int) -> tuple[subprocess.Popen[bytes], float]:
    """Start the server; return it and the seconds until it answers."""
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "crossblock.cli", "serve", str(folder), "--database", address,
         "--port", str(port), "--workers", "2"],
        start_new_session=True,
    )  # fmt: skip
    while True:
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            link.request("GET", "/health/")
            if link.getresponse().status == 200:
                return server, time.perf_counter() - start
        except OSError:
            time.sleep(0.05)


def cold_start(parent: Path, cluster: postgres.Cluster, folder: Path) -> float:
    """Return the seconds from nothing to the first answer, on an opened but small study."""
    server, took = serve(folder, "", 8799)
    os.killpg(server.pid, signal.SIGTERM)
    server.wait()
    server, took = serve(folder, "", 8799)
    os.killpg(server.pid, signal.SIGTERM)
    server.wait()
    return took


def main() -> None:
    parent = Path(tempfile.mkdtemp(prefix="crossblock-load-"))
    protocol = read_protocol("williams-2018")
    source = catalog.path("protocols", "williams-2018")
    conduct = catalog.path("conduct", "one-site")
    key = virtual_study(parent / "study", protocol, source, slots=800, seed=1, conduct=conduct)
    virtual_study(parent / "small", protocol, source, slots=40, seed=1, conduct=conduct)
    cluster = postgres.start()
    try:
        with psycopg.connect(cluster.address("postgres"), autocommit=True) as link:
            link.execute("CREATE DATABASE load")
        address = cluster.address("load")
        slots = opened(parent / "study" / "allocation", key)
        began = time.perf_counter()
        codes = enter(parent / "study", address, slots)
        waiting = ready_to_randomize()
        entered = time.perf_counter() - began
        audit = import_module("crossblock.server.record.audit")
        study = import_module("crossblock.server.study")
        start = time.perf_counter()
        found = audit.verify(study.current(), rows=False)
        chain_s = time.perf_counter() - start
        import_module("django.db").connections.close_all()
        server, started = serve(parent / "study", address, 8798)
        try:
            load = apart(drive, 8798, codes, SECONDS)
            at_once = apart(randomize_at_once, 8798, waiting)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()
        whole = audit.verify(study.current())
        result = {
            "item_values": VALUES,
            "participants": len(codes),
            "entered_s": round(entered, 1),
            "load": load,
            "randomize": at_once,
            "chain": {"events": found.events, "seconds": round(chain_s, 2),
                      "events_per_s": round(found.events / chain_s), "sound": found.sound},
            "after": {"events": whole.events, "rows": whole.rows, "faults": whole.faults[:3]},
            "cold_start_s": round(cold_start(parent, cluster, parent / "small"), 2),
            "start_with_all_rows_s": round(started, 2),
            "load_average": [round(x, 1) for x in os.getloadavg()],
        }  # fmt: skip
    finally:
        import_module("django.db").connections.close_all()
        postgres.stop(cluster)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

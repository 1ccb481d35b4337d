"""The load: 200 people at work behind a proxy that keeps its connections, in one thread.

Requests arrive at random moments at a fixed mean rate, whether earlier ones were answered or not;
what one takes counts from the moment it was due. Everybody goes on where they were: look at the
day, open a participant, open a form, save it, read the receipt.
"""

from __future__ import annotations

import asyncio
import html
import os
import random
import re
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input type="hidden" name="(key|base)" value="([^"]*)">')
TOKEN = "a" * 32
SECONDS_MOST = 30.0
VISITS = ("d1", "d3", "d5", "d7")
Act = Generator[tuple[str, str, dict[str, str]], tuple[int, str, str], None]


def percentile(values: list[float], share: float) -> float:
    """Return a percentile in ms."""
    ordered = sorted(values)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


class Line(asyncio.Protocol):
    """One kept connection: a request at a time."""

    def __init__(self) -> None:
        self.transport: Any = None
        self.lost = False
        self.data = bytearray()
        self.need = -1
        self.answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        if self.need < 0:
            end = self.data.find(b"\r\n\r\n")
            if end < 0:
                return
            length = re.search(rb"(?i)content-length: (\d+)", self.data[:end])
            self.need = end + 4 + (int(length.group(1)) if length else 0)
        if len(self.data) >= self.need and self.answer and not self.answer.done():
            self.answer.set_result(bytes(self.data))

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if self.answer and not self.answer.done():
            self.answer.set_exception(ConnectionResetError("lost"))

    async def ask(self, request: bytes) -> bytes:
        self.data.clear()
        self.need = -1
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await asyncio.wait_for(self.answer, SECONDS_MOST)


@dataclass(kw_only=True)
class Proxy:
    """Keeps connections to the server and lends the one used last."""

    port: int
    idle: list[Line] = field(default_factory=list)

    async def send(
        self, session: str, method: str, path: str, sent: dict[str, str]
    ) -> tuple[int, str, str]:
        """Send one request of a person; return status, where it leads, and the page."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: session={session}; csrf={TOKEN}\r\n"
        )
        body = b""
        if method == "POST":
            body = urlencode({**sent, "csrfmiddlewaretoken": TOKEN}).encode()
            head += "Content-Type: application/x-www-form-urlencoded\r\n"
            head += f"Content-Length: {len(body)}\r\n"
        line = await self._line()
        raw = await line.ask(head.encode() + b"\r\n" + body)
        if not line.lost and b"connection: close" not in raw[:600].lower():
            self.idle.append(line)
        top, _, page = raw.partition(b"\r\n\r\n")
        where = re.search(rb"(?im)^location: (\S+)", top)
        return int(raw[9:12]), where.group(1).decode() if where else "", page.decode()

    async def _line(self) -> Line:
        while self.idle:
            line = self.idle.pop()
            if not line.lost:
                return line
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Line, "127.0.0.1", self.port))[1]


def life(role: str, codes: list[str], rng: random.Random) -> Act:
    """Yield what somebody asks for, one request after the other, for ever."""
    acts = {
        "outcome rater": _outcome_rater,
        "session rater": _session_rater,
        "coordinator": _coordinator,
        "participant": _participant,
    }
    while True:
        yield from acts.get(role, _looks)(codes, rng, role)


def _form(path: str, answers: dict[str, str], kind: str = "form") -> Act:
    """Open a form, fill it, save it, and read the receipt.

    kind: "again" where what was measured already leads on to the next record
    """
    status, where, page = yield kind, path, {}
    if status == 302:
        path = where
        _, _, page = yield "form", path, {}
    sent = {k: html.unescape(v) for k, v in HIDDEN.findall(page)}
    sent |= {f"q-{k}": v for k, v in answers.items()}
    at = datetime.now(UTC) - timedelta(minutes=2)
    sent |= {"occurred": at.strftime("%Y-%m-%dT%H:%M"), "reason": "rated again", "save": "1"}
    status, where, _ = yield "save", path, sent
    if status == 302:
        yield "receipt", where, {}


def _outcome_rater(codes: list[str], rng: random.Random, role: str) -> Act:
    code = rng.choice(codes)
    yield "today", "/", {}
    yield "timeline", f"/p/{code}/", {}
    form = rng.choice(("hamd6", "hamd17"))
    items = (1, 2, 7, 8, 10, 13) if form == "hamd6" else range(1, 18)
    answers = {f"item{i}": "0" if i == 3 else str(rng.randrange(2)) for i in items}
    yield from _form(f"/p/{code}/1/{rng.choice(VISITS)}/{form}/", answers)


def _session_rater(codes: list[str], rng: random.Random, role: str) -> Act:
    code = rng.choice(codes)
    yield "today", "/", {}
    yield "timeline", f"/p/{code}/", {}
    vitals = {"minutes": "40", "systolic": str(rng.randrange(110, 130)), "diastolic": "76",
              "heart_rate": "70", "oxygen": "97", "breathing": "14", "alertness": "5"}  # fmt: skip
    yield from _form(f"/p/{code}/1/infusion/session-vitals/", vitals, "again")


def _coordinator(codes: list[str], rng: random.Random, role: str) -> Act:
    code = rng.choice(codes)
    yield "today", "/", {}
    yield "participants", f"/participants/?page={rng.randrange(1, 4)}", {}
    yield "timeline", f"/p/{code}/", {}
    path = f"/p/{code}/1/d1/ketamine-craving/"
    yield "form", path, {}
    yield "draft", f"{path}draft/", {"q-vas": "40"}
    if rng.random() < 0.2:
        site = code[0].lower()
        where = {"site": site, "key": f"{rng.random()}"}
        yield "enroll", "/participants/", where
    page = rng.choice(("/queries/", "/flow/", "/completeness/", "/deviations/", "/schedule/"))
    yield page.strip("/"), page, {}


def _participant(codes: list[str], rng: random.Random, role: str) -> Act:
    yield "me", "/me/", {}
    yield "form", f"/p/{codes[0]}/1/d1/ketamine-craving/", {}


def _looks(codes: list[str], rng: random.Random, role: str) -> Act:
    """Investigator, pharmacist, monitor and sponsor go through their boards."""
    boards = {
        "investigator": ("/", "/safety/", "/harm/", "/queries/", "/flow/"),
        "pharmacist": ("/", "/stock/", "/participants/"),
        "monitor": ("/", "/queries/", "/completeness/", "/audit/", "/safety/", "/lock/"),
        "sponsor": ("/people/", "/unblindings/", "/flow/", "/completeness/"),
    }
    for path in boards[role]:
        yield path.strip("/") or "today", path, {}
    if role != "sponsor":
        yield "timeline", f"/p/{rng.choice(codes)}/", {}


EXPECTED = {"save": {302}, "enroll": {302}, "again": {200, 302}}
POSTS = frozenset({"save", "draft", "enroll"})


@dataclass(kw_only=True)
class Worker:
    """One person at work, and where they are."""

    session: str
    acts: Act
    due: tuple[str, str, dict[str, str]]


@dataclass(kw_only=True)
class Load:
    """What a stretch of work took."""

    proxy: Proxy
    took: dict[str, list[float]] = field(default_factory=dict)
    minutes: dict[int, list[float]] = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter)
    wrong: dict[str, int] = field(default_factory=dict)

    async def one(self, who: Worker, due: float) -> None:
        """Send somebody's next request; note what it took since it was due."""
        kind, path, sent = who.due
        method = "POST" if kind in POSTS else "GET"
        try:
            answer = await self.proxy.send(who.session, method, path, sent)
        except (OSError, TimeoutError) as error:
            answer = (599, "", type(error).__name__)
        took = time.perf_counter() - due
        self.took.setdefault(kind, []).append(took)
        self.minutes.setdefault(int((due - self.began) // 60), []).append(took)
        if answer[0] not in EXPECTED.get(kind, {200}):
            words = f"{kind} {answer[0]}"
            self.wrong[words] = self.wrong.get(words, 0) + 1
        who.due = who.acts.send(answer)

    def said(self, seconds: float, cpu: float) -> dict[str, Any]:
        """Return the numbers of this stretch."""
        every = [v for values in self.took.values() for v in values]
        posts = sum(len(v) for k, v in self.took.items() if k in POSTS)
        kinds = {
            k: {"n": len(v), "p50_ms": percentile(v, 0.5), "p95_ms": percentile(v, 0.95)}
            for k, v in sorted(self.took.items())
        }
        return {
            "seconds": round(seconds, 1),
            "requests": len(every),
            "requests_per_s": round(len(every) / seconds, 1),
            "posts_share": round(posts / len(every), 3),
            "p50_ms": percentile(every, 0.5),
            "p95_ms": percentile(every, 0.95),
            "p99_ms": percentile(every, 0.99),
            "most_ms": percentile(every, 1.0),
            "p95_ms_by_minute": [percentile(v, 0.95) for _, v in sorted(self.minutes.items())],
            "errors": self.wrong,
            "client_cores": round(cpu / seconds, 3),
            "by_kind": kinds,
        }


def workers(staff: list[dict[str, Any]], seed: int) -> list[Worker]:
    """Put everybody somewhere in their day."""
    found = []
    for n, person in enumerate(staff):
        acts = life(person["role"], person["codes"], random.Random(seed + n))
        found.append(Worker(session=person["session"], acts=acts, due=next(acts)))
    return found


async def _drive(port: int, staff: list[dict[str, Any]], rate: float, seconds: float) -> Any:
    rng = random.Random(7)
    load, idle = Load(proxy=Proxy(port=port)), workers(staff, 1)
    rng.shuffle(idle)
    tasks: set[asyncio.Task[None]] = set()
    begin, cpu = time.perf_counter(), time.process_time()
    due = begin

    async def act(who: Worker, moment: float) -> None:
        await load.one(who, moment)
        idle.append(who)

    while True:
        due += rng.expovariate(rate)
        if due > begin + seconds:
            break
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        while not idle:
            await asyncio.sleep(0.005)
        task = asyncio.ensure_future(act(idle.pop(0), due))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    return load.said(time.perf_counter() - begin, time.process_time() - cpu)


async def _flood(port: int, staff: list[dict[str, Any]], at_once: int, seconds: float) -> Any:
    load, idle = Load(proxy=Proxy(port=port)), workers(staff, 1000)
    begin, cpu = time.perf_counter(), time.process_time()

    async def go() -> None:
        while time.perf_counter() < begin + seconds:
            who = idle.pop(0)
            await load.one(who, time.perf_counter())
            idle.append(who)

    await asyncio.gather(*(go() for _ in range(at_once)))
    return load.said(time.perf_counter() - begin, time.process_time() - cpu)


async def _randomize(port: int, sessions: list[str], codes: list[str]) -> Any:
    clients = len(sessions)
    proxies = [Proxy(port=port) for _ in sessions]
    took: list[float] = []
    status: list[int] = []

    async def press(n: int, code: str) -> None:
        start = time.perf_counter()
        answer = await proxies[n].send(sessions[n], "POST", f"/p/{code}/randomize/", {})
        took.append(time.perf_counter() - start)
        status.append(answer[0])

    for first in range(0, len(codes), clients):
        for proxy in proxies:  # everybody is connected already
            proxy.idle = [await proxy._line()]
        burst = codes[first : first + clients]
        await asyncio.gather(*(press(n, code) for n, code in enumerate(burst)))
    return {
        "clients": clients,
        "randomized": len(codes),
        "p50_ms": percentile(took, 0.5),
        "p99_ms": percentile(took, 0.99),
        "most_ms": percentile(took, 1.0),
        "all_done": set(status) == {302},
    }


def drive(port: int, staff: list[dict[str, Any]], rate: float, seconds: float, out: Any) -> None:
    """Send `rate` requests a second for so long; put what they took on `out`."""
    out.put(asyncio.run(_drive(port, staff, rate, seconds)))


def flood(port: int, staff: list[dict[str, Any]], at_once: int, seconds: float, out: Any) -> None:
    """Keep so many requests under way all the time: how many a second is the limit."""
    out.put(asyncio.run(_flood(port, staff, at_once, seconds)))


def randomize(port: int, sessions: list[str], codes: list[str], out: Any) -> None:
    """Randomize all, as many at once as there are sessions; put what each took on `out`."""
    out.put(asyncio.run(_randomize(port, sessions, codes)))


def cores_of(pids: list[int], ended: int = 0) -> float:
    """Return the CPU seconds that processes have used so far, and children that `ended` had."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
        if pid == ended:
            ticks += int(fields[13]) + int(fields[14])
    return ticks / os.sysconf("SC_CLK_TCK")

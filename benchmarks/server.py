"""The server under load: many at once, many rows, a long chain, a cold start.

A study of 600 people with a million item values and three million audit events is written directly
(rows and chain as the door writes them), then served by `crossblock serve`; the load comes over
HTTP from another process on the same two cores. ENGINE is postgresql or sqlite; SECONDS (600 at
full size), VALUES, EVENTS and PEOPLE say how much.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from tests.server import postgres

from benchmarks import _server_client as client
from benchmarks._server_study import enter, folder_of

ENGINE = os.environ.get("ENGINE", "postgresql")
SECONDS = int(os.environ.get("SECONDS", "600"))
VALUES = int(os.environ.get("VALUES", "1000000"))
EVENTS = int(os.environ.get("EVENTS", "3000000"))
PEOPLE = int(os.environ.get("PEOPLE", "600"))
RATE = 51.0
"""Requests a second that arrive, whether or not earlier ones were answered (an open loop of random
gaps). A little more than the 50 that are promised, which chance alone would miss every other time.
"""
RANDOMIZE, BURSTS = 64, 3
FLOOD_S, FLOOD_AT_ONCE = 20, 16
PORT = 8798
DURABLE = (
    "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c max_connections=50 "
    "-c shared_buffers=256MB -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
)


@contextlib.contextmanager
def database() -> Iterator[tuple[str, list[int]]]:
    """Yield the address of an empty database and the processes of its server."""
    if ENGINE == "sqlite":
        yield "", []
        return
    cluster = postgres.start(DURABLE)
    try:
        with psycopg.connect(cluster.address("postgres"), autocommit=True) as link:
            link.execute("CREATE DATABASE load")
        main = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
        yield cluster.address("load"), [main]
    finally:
        postgres.stop(cluster)


def below(pid: int) -> list[int]:
    """Return the children of a process."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


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


@contextlib.contextmanager
def served(folder: Path, address: str) -> Iterator[tuple[int, float]]:
    """Serve a study; yield the process and the seconds until it answered."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "crossblock.cli", "serve", str(folder), "--port", str(PORT)]
    if address:
        command += ["--database", address]
    server = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        while server.poll() is None:
            with contextlib.suppress(OSError):
                link = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
                link.request("GET", "/health/")
                if link.getresponse().status == 200:
                    break
            time.sleep(0.02)
        yield server.pid, time.perf_counter() - start
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def loaded(pid: int, backends: list[int], staff: list[dict[str, Any]]) -> dict[str, Any]:
    """Send the load; return what it took, and which share of a core each side used."""
    everything = [pid, *below(pid)]
    before = client.cores_of(everything), _database_s(backends)
    found = dict(apart(client.drive, PORT, staff, RATE, SECONDS))
    after = client.cores_of(everything), _database_s(backends)
    found["server_cores"] = round((after[0] - before[0]) / found["seconds"], 3)
    found["database_cores"] = round((after[1] - before[1]) / found["seconds"], 3)
    found["memory_of_a_process_mb"] = max(_memory(p) for p in below(pid))
    return found


def _database_s(mains: list[int]) -> float:
    return sum(client.cores_of([main, *below(main)], ended=main) for main in mains)


def _memory(pid: int) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    return next(int(row.split()[1]) // 1024 for row in text.splitlines() if row[:6] == "VmHWM:")


def measured(parent: Path, address: str, backends: list[int]) -> dict[str, Any]:
    """Fill a study, serve it, and measure everything that is promised of it."""
    began = time.perf_counter()
    size = {"people": PEOPLE, "values": VALUES, "events": EVENTS, "waiting": RANDOMIZE * BURSTS}
    study = folder_of(parent, "study")
    known = enter(study, address, **size)
    entered = time.perf_counter() - began
    chain = verified(rows=False)
    import_module("django.db").connections.close_all()
    staff = known["staff"]
    site_a = [p["session"] for p in staff if p["role"] == "coordinator" and p["codes"][0][0] == "A"]
    with served(study, address) as (pid, started):
        time.sleep(1)
        load = loaded(pid, backends, staff)
        people = (site_a * RANDOMIZE)[:RANDOMIZE]
        at_once = apart(client.randomize, PORT, people, known["waiting"])
        most = apart(client.flood, PORT, staff, FLOOD_AT_ONCE, FLOOD_S)
    return {
        "engine": ENGINE,
        "item_values": VALUES,
        "participants": PEOPLE,
        "people_at_work": len(staff),
        "written_in_s": round(entered, 1),
        "load": load,
        "randomize": at_once,
        "limit": {k: most[k] for k in ("requests_per_s", "p50_ms", "p95_ms", "errors")},
        "chain": chain,
        "afterwards": verified(rows=True),
        "start_with_all_rows_s": round(started, 2),
        "cold_start_s": cold_start(parent),
        "load_average": [round(x, 1) for x in os.getloadavg()],
    }


def verified(*, rows: bool) -> dict[str, Any]:
    """Verify the chain; return how fast."""
    audit = import_module("crossblock.server.record.audit")
    study = import_module("crossblock.server.study")
    start = time.perf_counter()
    found = audit.verify(study.current(), rows=rows)
    seconds = time.perf_counter() - start
    return {
        "events": found.events,
        "rows": found.rows,
        "seconds": round(seconds, 2),
        "events_per_s": round(found.events / seconds),
        "sound": found.sound,
        "faults": found.faults[:3],
    }


def cold_start(parent: Path) -> float:
    """Return the seconds from nothing to the first answer, the first time and once opened."""
    folder = folder_of(parent, "small", "a")
    took = []
    for _ in range(2):
        with served(folder, "") as (_, seconds):
            took.append(seconds)
    return round(max(took), 2)


def main() -> None:
    parent = Path(tempfile.mkdtemp(prefix="crossblock-load-"))
    with database() as (address, backends):
        try:
            found = measured(parent, address, backends)
        finally:
            import_module("django.db").connections.close_all()
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()

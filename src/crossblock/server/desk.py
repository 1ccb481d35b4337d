"""Serving, working, locking and verifying, once Django knows its study."""

from __future__ import annotations

import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.wsgi import get_wsgi_application
from django.db import connections
from gunicorn.app.base import BaseApplication

from crossblock.core.errors import InputError, OutputError, Problem
from crossblock.server import study
from crossblock.server.accounts.models import Person
from crossblock.server.accounts.people import actor_of, ask, check_roles, give, invite
from crossblock.server.database import settings_of
from crossblock.server.jobs import kinds
from crossblock.server.jobs import work as job_table
from crossblock.server.prepare import begin, check, is_long, migrate
from crossblock.server.record.audit import Findings, verify
from crossblock.server.record.signing import reauthenticate
from crossblock.server.roles import Role
from crossblock.server.trial import lock as locking
from crossblock.server.trial.opening import open_study

PAUSE_S = 2.0
THREADS = 16
"""A process. Writers wait in line behind the chain's lock and the disk, each holding a thread; with
four, a slow disk left none for readers (95th percentile 500 ms in place of 170 ms)."""
KEPT_S = 75
"""Longer than a proxy keeps its connections (60 s): whoever closes second loses a request."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


def prepare(owner_database: str, database: str) -> None:
    """Migrate (as the owner, if there is one), enter the study, and verify its chain.

    A long chain is verified beside the served pages, so that nobody waits for it.
    """
    if owner_database:
        folder = study.current().folder
        own = connections.settings["default"]
        connections.settings["default"] = {**own, **settings_of(owner_database, folder)}
        migrate(urlsplit(database).username or "")
        connections["default"].close()
        delattr(connections._connections, "default")
        connections.settings["default"] = own
    else:
        migrate()
    if is_long():
        open_study(study.current())
        verify_beside()
    else:
        _report(begin())
    found = check_roles()
    if found:
        words = f"roles: {found} hold two roles that exclude each other; see the page People"
        print(words, file=sys.stderr, flush=True)


def _report(found: Findings) -> None:
    for words in found.faults:
        print(f"audit: {words}", file=sys.stderr, flush=True)


def verify_beside() -> int:
    """Verify the chain in a child with the lowest priority; return its process number."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        os.nice(19)
        found = check()
        _report(found)
        print(f"audit: {found.events} events verified", file=sys.stderr, flush=True)
        status = 0
    finally:
        os._exit(status)


def first_people() -> None:
    """Make two sponsor accounts and print their passwords once; refused when there are people."""
    if Person.objects.exists():
        raise InputError(
            Problem(
                what="there are people already",
                why="further people are invited by the sponsor, with a second person's approval",
                fix="start without --first-people",
            )
        )
    for n in (1, 2):
        password = secrets.token_urlsafe(12)
        email = f"sponsor-{n}@study.invalid"
        person = invite(None, email, f"Sponsor {n}", password)
        give(None, ask(None, person, Role.SPONSOR, "", "first people"))
        print(f"{email}  {password}", file=sys.stderr)


class Server(BaseApplication):
    """Gunicorn with the settings that fit: threads for slow readers, short limits for slow ones."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self.options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        return get_wsgi_application()


def serve(host: str, port: int, *, workers: int, behind_tls: bool) -> None:
    """Serve until stopped. Without TLS in front only this computer can reach it."""
    if host not in LOOPBACK and not behind_tls:
        raise InputError(
            Problem(
                what="a study is not served without TLS",
                where="--host",
                value=host,
                why="passwords and ratings would cross the network in clear",
                fix="put a TLS proxy in front and say --behind-tls, or use 127.0.0.1",
            )
        )
    connections.close_all()
    listen = host if host in LOOPBACK else "127.0.0.1"
    print(f"Study at http://{listen}:{port}/  (stop with Ctrl-C)", file=sys.stderr)
    Server(
        {
            "bind": f"{listen}:{port}",
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": 30,
            "graceful_timeout": 10,
            "keepalive": KEPT_S,
            "limit_request_line": 4094,
            "limit_request_fields": 60,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "errorlog": "-",
            "loglevel": "warning",
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,
        }
    ).run()


def work(*, once: bool) -> int:
    """Do waiting jobs, one after the other; a job that fails keeps its sentence."""
    count = 0
    while True:
        job_table.daily()
        job = job_table.take()
        if job is None:
            if once:
                return count
            time.sleep(PAUSE_S)
            continue
        count += 1
        try:
            job_table.done(job, kinds.DO[job.kind](job))
        except Exception as error:  # a worker outlives any job; the sentence says which kind
            job_table.done(job, f"failed: {type(error).__name__}", failed=True)


def lock(output: Path, *, email: str, password: str) -> list[str]:
    """Lock as a monitor, if one is named; then write the bundle. Return the audit's faults."""
    if email:
        person = Person.objects.filter(email=email.lower()).first()
        if person is None:
            raise InputError(Problem(what="there is nobody of this address", value=email))
        actor = actor_of(person)
        reauthenticate(actor, password, os.environ.get("CROSSBLOCK_CODE", ""))
        locking.lock(actor, "locked from the command line")
    files = locking.bundle_files()
    if output.exists():
        raise OutputError(
            Problem(what="the folder exists already", where=str(output), fix="choose a new one")
        )
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    for name, content in files.items():
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        (draft / name).write_bytes(content)
    draft.rename(output)
    return verify(study.current()).faults


def verified(*, rows: bool) -> Findings:
    """Return what verification of the chain found."""
    return verify(study.current(), rows=rows)

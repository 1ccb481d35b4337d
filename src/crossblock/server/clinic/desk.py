"""Preparing, filling and serving a clinic, once Django knows its folder."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import connections

from crossblock.core.errors import CrossblockError
from crossblock.server import desk, study
from crossblock.server.clinic import (
    calling,
    course,
    demo,
    forecasts,
    house,
    paging,
    projection,
)
from crossblock.server.database import settings_of
from crossblock.server.jobs import work as job_table
from crossblock.server.jobs.models import Job
from crossblock.server.prepare import migrate
from crossblock.server.record import witness
from crossblock.server.record.audit import Findings, verify
from crossblock.server.record.models import Head, Participant

serve = desk.serve
first_people = desk.first_people


def prepare(owner_database: str, database: str) -> Findings:
    """Migrate (as the owner, if there is one), read the clinic, and say what was verified."""
    house.current()
    if owner_database:
        own = connections.settings["default"]
        connections.settings["default"] = {
            **own,
            **settings_of(owner_database, study.current().folder),
        }
        migrate(urlsplit(database).username or "")
        connections["default"].close()
        delattr(connections._connections, "default")
        connections.settings["default"] = own
    else:
        migrate()
    found = verify(study.current(), rows=False)
    for words in found.faults:
        print(f"audit: {words}", file=sys.stderr)
    head = Head.objects.first()
    if found.sound and head is not None:
        witness.note(study.current(), head.seq, head.hash)
    for words in paging.doubts():
        print(f"pages of risk: {words}", file=sys.stderr)
    return found


def work(
    forecast: Callable[[Any], Any],
    project: Callable[[Mapping[str, str]], Mapping[str, Any]],
    *,
    once: bool,
) -> int:
    """Do what waits, calls before forecasts; a job that fails keeps its sentence. Return how many.

    Between two jobs, pages that nobody answered are escalated and failed calls tried again.
    """
    count = 0
    while True:
        paging.escalate()
        calling.again()
        job = job_table.take(calling.KIND)
        if job is None:
            if once:
                return count
            time.sleep(desk.PAUSE_S)
            continue
        count += 1
        try:
            job_table.done(job, _made(job, forecast, project))
        except CrossblockError as error:
            job_table.done(job, forecasts.said(error), failed=True)
        except Exception as error:  # a worker outlives any job; the sentence says which kind
            job_table.done(job, f"failed: {type(error).__name__}", failed=True)


def _made(
    job: Job,
    forecast: Callable[[Any], Any],
    project: Callable[[Mapping[str, str]], Mapping[str, Any]],
) -> str:
    if job.kind == calling.KIND:
        return calling.made(job)
    if job.kind == projection.KIND:
        return projection.kept(project(projection.REGIMENS))
    code = json.loads(job.wanted)["code"]
    found = forecast(forecasts.history(course.read(Participant.objects.get(code=code))))
    return forecasts.kept(found)


def fill_demo(seed: int, imagine: demo.Imagine) -> None:
    """Fill a new clinic with simulated patients and print who can sign in."""
    migrate()
    demo.fill(datetime.now(UTC), seed, lambda words: print(words, file=sys.stderr), imagine)
    print(f"Sign in with the password: {demo.PASSWORD}", file=sys.stderr)
    for words in demo.accounts():
        print(f"  {words}", file=sys.stderr)

"""Asking for work, taking it, and keeping what came of it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from crossblock.core.errors import Problem
from crossblock.server import clock, study
from crossblock.server.jobs.models import Job
from crossblock.server.record import door
from crossblock.server.record.appended import canonical
from crossblock.server.record.chain import take_head
from crossblock.server.roles import Actor, RefusedError, Thing, require

KINDS = {
    "export": "Blinded export of the record as plain tables",
    "interim": "Interim bundle for a look offline: ratings and the sealed list (statistician)",
    "verify": "Verification of the whole audit chain",
    "roles": "Check that nobody holds two roles that exclude each other",
}
DAILY = ("roles",)
DAY = timedelta(days=1)
MOST_WAITING = 5
NEEDS = {"interim": Thing.SEALED}
"""What somebody must be allowed to write, besides asking for work, to have a job of this kind."""
FILE = re.compile(r"(export|interim)-[0-9]{1,9}\.zip")


def may_have(actor: Actor, kind: str) -> bool:
    """Tell whether somebody may ask for a kind of job and take what it makes."""
    return actor.may("w", NEEDS.get(kind, Thing.JOBS))


def want(actor: Actor, kind: str) -> Job:
    """Put a job into the table; a person has at most a few waiting."""
    require(actor, "w", Thing.JOBS)
    require(actor, "w", NEEDS.get(kind, Thing.JOBS))
    waiting = Job.objects.filter(by_id=actor.person_id, state="waiting").count()
    if waiting >= MOST_WAITING:
        raise RefusedError(
            Problem(what="your jobs are still waiting", fix="wait until the worker has done them")
        )
    made = Job.objects.create(
        kind=kind, wanted=canonical({}), by_id=actor.person_id, asked=clock.now()
    )
    door.note(actor, "job.want", job=made.pk, kind=kind)
    return made


def daily() -> None:
    """Put the work of every day into the table, where the last one was asked for a day ago."""
    for kind in DAILY:
        if _is_due(kind):
            with transaction.atomic():
                take_head()  # two workers wait here for each other
                if _is_due(kind):
                    Job.objects.create(kind=kind, wanted=canonical({}), asked=clock.now())


def _is_due(kind: str) -> bool:
    return not Job.objects.filter(kind=kind, by=None, asked__gt=clock.now() - DAY).exists()


def take(first: str = "") -> Job | None:
    """Return the next waiting job, those of kind `first` before others, marked as running.

    Two workers never take the same.
    """
    with transaction.atomic():
        waiting = Job.objects.select_for_update().filter(state="waiting")
        urgent = waiting.filter(kind=first).order_by("id").first() if first else None
        found: Job | None = urgent or waiting.order_by("id").first()
        if found is None:
            return None
        found.state, found.taken = "running", clock.now()
        found.save(update_fields=("state", "taken"))
    return found


def done(job: Job, result: str, *, failed: bool = False) -> None:
    """Keep what came of a job."""
    job.state, job.ended, job.result = "failed" if failed else "done", clock.now(), result[:4000]
    job.save(update_fields=("state", "ended", "result"))
    door.note(None, f"job.{job.state}", job=job.pk, kind=job.kind)


def result_file(job: Job) -> Path | None:
    """Return the file that a job made, if it made one and it is still there."""
    if not FILE.fullmatch(job.result):
        return None
    path = study.current().folder / "data" / "exports" / job.result
    return path if path.is_file() else None

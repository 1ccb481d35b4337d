"""Calling somebody outside this server: the clinic's own program, run by the worker as a job.

The program gets one JSON object on its standard input: page, to (address of the person), answer_by
(UTC), path (of the page on this server), attempt. Nothing clinical and nothing of the patient is in
it. Exit status 0 means that it was handed on; anything else is tried again.
"""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime, timedelta

from crossblock.core.errors import CrossblockError, Problem
from crossblock.server import clock
from crossblock.server.clinic import house
from crossblock.server.clinic.models import Call
from crossblock.server.jobs import work as job_table
from crossblock.server.jobs.models import Job
from crossblock.server.record import door
from crossblock.server.record.appended import canonical

KIND = "clinic-page"
TRIES = 3
PAUSE = timedelta(minutes=1)
"""Between one try and the next."""
LIMIT_S = 30.0
"""A program that takes longer is ended, and counts as failed."""
LOST = timedelta(minutes=2)
"""A job that runs longer lost its worker."""
RECENT = timedelta(hours=1)
HANDED_ON = "handed on"
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")
"""What the program sees of the worker's environment: no address of a database, no key."""


class FailedCallError(CrossblockError):
    """The clinic's program could not hand a page on."""


def want(call: Call, now: datetime) -> None:
    """Ask the worker to call somebody, where the clinic names a program for it."""
    if house.current().page_command:
        Job.objects.create(kind=KIND, wanted=_wanted(call.pk), asked=now)


def _wanted(call: int) -> str:
    return canonical({"call": call})


def made(job: Job) -> str:
    """Run the clinic's program for one call; return what came of it, or raise why it failed."""
    call = Call.objects.select_related("page", "person").get(pk=json.loads(job.wanted)["call"])
    if hasattr(call.page, "acknowledgment"):
        return "not needed: the page was answered"
    attempt = Job.objects.filter(kind=KIND, wanted=job.wanted, pk__lte=job.pk).count()
    words = _run(call, attempt)
    door.note(
        None, "risk.call", page=call.page_id, call=call.pk, to=call.person.ref,
        attempt=attempt, outcome=words,
    )  # fmt: skip
    if words != HANDED_ON:
        raise FailedCallError(Problem(what=words, where="clinic.toml, page_command"))
    return words


def _run(call: Call, attempt: int) -> str:
    told = {
        "page": call.page_id,
        "to": call.person.email,
        "answer_by": clock.text(call.until),
        "path": f"/risk/{call.page_id}/",
        "attempt": attempt,
    }
    try:
        status = subprocess.run(
            list(house.current().page_command),
            input=json.dumps(told).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=LIMIT_S,
            check=False,
            env={k: os.environ[k] for k in INHERITED if k in os.environ},
        ).returncode
    except subprocess.TimeoutExpired:
        return f"failed: no end within {LIMIT_S:g} s"
    except OSError as error:
        return f"failed: it could not be started ({type(error).__name__})"
    return HANDED_ON if status == 0 else f"failed: exit status {status}"


def again() -> int:
    """Ask once more for each call that failed a while ago; return how many."""
    now = clock.now()
    for job in Job.objects.filter(kind=KIND, state="running", taken__lt=now - LOST):
        job_table.done(job, "failed: its worker stopped", failed=True)
    failed = Job.objects.filter(
        kind=KIND, state="failed", ended__lt=now - PAUSE, ended__gt=now - RECENT
    )
    count = 0
    for wanted in set(failed.values_list("wanted", flat=True)):
        tries = list(Job.objects.filter(kind=KIND, wanted=wanted).order_by("-pk"))
        call = Call.objects.get(pk=json.loads(wanted)["call"])
        ready = tries[0].state == "failed" and tries[0].ended < now - PAUSE
        if ready and len(tries) < TRIES and not hasattr(call.page, "acknowledgment"):
            want(call, now)
            count += 1
    return count


def told(call: Call) -> str:
    """Return how far the call outside this server has come, in words."""
    tries = list(Job.objects.filter(kind=KIND, wanted=_wanted(call.pk)).order_by("pk"))
    if not tries:
        return "shown on this server only"
    last = tries[-1]
    if last.state in ("waiting", "running"):
        return "the call waits for the worker (crossblock clinic FOLDER --work)"
    if last.state == "failed":
        return f"the call {last.result}, {len(tries)} of {TRIES} tries"
    return f"the call was {last.result}" if last.result == HANDED_ON else last.result

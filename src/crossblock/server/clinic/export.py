"""De-identified courses of those who agreed: days instead of dates, a code that no list opens.

`courses.csv` has one row a value: course, day since the first session, what, value, unit.
`people/CODE.csv` is the same course as `crossblock forecast --person` reads it, for those whom it
can read; `about.json` says which are left out and why. `evidence.csv` and `studies.toml` are what
`crossblock weigh` reads. Medicines leave as classes of the catalog. Free texts, dates, names, sites
and codes stay here. The course code is a keyed hash under a key that never leaves the server; days
before the first session are negative.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from django.conf import settings

from crossblock.core.errors import CrossblockError
from crossblock.load import instrument
from crossblock.server.clinic import course as courses
from crossblock.server.clinic import evidence, forecasts
from crossblock.server.clinic.aboard import NONE, at_sessions, spans
from crossblock.server.clinic.course import Course
from crossblock.server.clinic.models import Tally
from crossblock.server.clinic.series import day
from crossblock.server.record import door
from crossblock.server.roles import Actor

COLUMNS = ("course", "day", "what", "value", "unit")
EPOCH = (1980, 1, 1, 0, 0, 0)
FEWEST = 5
"""Fewer courses than this are not exported: they could be told apart."""
WEIGHTS = ((50, "under 50"), (70, "50 to 69"), (90, "70 to 89"), (10_000, "90 or more"))


def code_of(course: Course) -> str:
    """Return the code of a course outside the server."""
    key = str(settings.SECRET_KEY).encode()
    return hmac.new(key, course.code.encode(), hashlib.sha256).hexdigest()[:12]


def rows(course: Course) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the rows of one course; nothing that is text leaves."""
    me = code_of(course)
    if not course.sessions:
        return
    weight = course.sessions[0].weight_kg
    band = next(words for most, words in WEIGHTS if weight < most)
    yield (me, "0", "weight", band, "kg")
    yield (me, "0", "consent.deidentified", "yes", "")
    for session in course.sessions:
        at = f"{day(course, session.filled):.1f}"
        yield (me, at, f"dose.{session.drug}.{session.route}", *evidence.dose_of(session))
    yield from _medicines(course, me)
    for filled in course.forms:
        if filled.form in instrument.names() and filled.total is not None:
            yield (me, f"{day(course, filled):.1f}", filled.form, f"{filled.total:g}", "points")
        elif filled.form == "monthly":
            at = f"{day(course, filled):.1f}"
            for item, value in sorted(filled.answers.items()):
                yield (me, at, f"monthly.{item}", str(value), "answer")


def _medicines(course: Course, me: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield classes of medicines: on board at each session, and from when until when on the list.

    A session before any list is unknown, which is not the same as none.
    """
    for session, beside in zip(course.sessions, at_sessions(course)):
        at = f"{day(course, session.filled):.1f}"
        known = (beside.ids or (NONE,)) if beside else ("unknown",)
        for id in known:
            yield (me, at, f"onboard.{id}", "yes", "")
        if beside and beside.unlisted:
            yield (me, at, "onboard.not-in-catalog", f"{beside.unlisted}", "medicines")
    for span in spans(course):
        for what, moment in (("from", span.since), ("until", span.until)):
            if moment is not None:
                days = (moment - course.sessions[0].at).total_seconds() / 86400
                yield (me, f"{days:.1f}", f"medicine.{span.id}.{what}", "yes", "")


def _people(found: Sequence[Course]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return the files that a forecast reads, and which courses have none and why."""
    files, left_out = {}, []
    for one in found:
        try:
            forecasts.history(one)
        except CrossblockError as error:
            left_out.append({"course": code_of(one), "why": forecasts.said(error)})
        else:
            files[f"people/{code_of(one)}.csv"] = evidence.person(one)
    return files, sorted(left_out, key=lambda row: row["course"])


def made(actor: Actor) -> bytes:
    """Return the zip file of every course whose patient agreed, and note that it was taken."""
    agreed = Tally.objects.filter(shares=True, sessions__gt=0).select_related("participant")
    found = [courses.read(t.participant) for t in agreed.order_by("participant__code")]
    everyone = Tally.objects.filter(sessions__gt=0).count()
    if len(found) < FEWEST:
        found = []
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    body = sorted(row for one in found for row in rows(one))
    writer.writerows(body)
    people, left_out = _people(found)
    about = {
        "schema": "crossblock/clinic-courses/1",
        "courses": len(found),
        "of": everyone,
        "consent": "every course here has consent to de-identified use",
        "kind": "single-arm, unmasked, unrandomized: evidence of low weight",
        "fewest": FEWEST,
        "no_person_file": left_out,
    }
    files = {
        "courses.csv": table.getvalue(),
        "about.json": json.dumps(about, indent=2) + "\n",
        "evidence.csv": evidence.evidence(found),
        "studies.toml": evidence.studies(found),
        **people,
    }
    data = _zipped(files)
    door.note(actor, "clinic.export", courses=len(found), rows=len(body),
              sha256=hashlib.sha256(data).hexdigest())  # fmt: skip
    return data


def _zipped(files: Mapping[str, str]) -> bytes:
    """Return the files as a zip; equal files give equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), files[name])
    return out.getvalue()

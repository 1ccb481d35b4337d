"""Patients of two years in PostgreSQL: how long the pages take. Prints one JSON line.

One simulated patient goes through the door; the others are copies of their rows made in the
database, each under an own code. A clinician has 200 of them. Imports wait inside functions until
Django knows its settings.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import django
import numpy as np

PATIENTS, OWN, LOOKS = 10_000, 200, 40
COPIES = (
    """INSERT INTO record_participant (seq, at, by_id, code, site, number)
       SELECT seq, at, by_id, 'L-' || g, site, 100 + g
       FROM record_participant, generate_series(1, {n}) g WHERE code = '{code}'""",
    """INSERT INTO record_entry (seq, at, by_id, participant_id, form, visit, period, rater, repeat)
       SELECT e.seq, e.at, e.by_id, p.id, e.form, e.visit, e.period, e.rater, e.repeat
       FROM record_entry e JOIN record_participant o ON o.id = e.participant_id,
       record_participant p WHERE o.code = '{code}' AND p.code LIKE 'L-%'""",
    "ANALYZE",
    """INSERT INTO record_version (seq, at, by_id, entry_id, number, content, content_sha256,
                                   occurred, reason, key)
       SELECT v.seq, v.at, v.by_id, n.id, v.number, v.content, v.content_sha256, v.occurred,
              v.reason, v.key
       FROM record_version v JOIN record_entry e ON e.id = v.entry_id
       JOIN record_participant o ON o.id = e.participant_id AND o.code = '{code}'
       JOIN record_entry n ON (n.form, n.visit, n.period, n.repeat)
            = (e.form, e.visit, e.period, e.repeat)
       JOIN record_participant p ON p.id = n.participant_id AND p.code LIKE 'L-%'""",
    """INSERT INTO clinic_tally (participant_id, basis, baseline, consent, planned, review,
           sessions, last_session, alarms, shares)
       SELECT p.id, basis, baseline, consent, planned, review, sessions, last_session, alarms,
              shares
       FROM clinic_tally t JOIN record_participant o ON o.id = t.participant_id
            AND o.code = '{code}', record_participant p WHERE p.code LIKE 'L-%'""",
    """INSERT INTO clinic_mark (tally_id, what, wanted, kept, due)
       SELECT n.id, m.what, m.wanted, m.kept, m.due
       FROM clinic_mark m JOIN clinic_tally t ON t.id = m.tally_id
            JOIN record_participant o ON o.id = t.participant_id AND o.code = '{code}',
       clinic_tally n JOIN record_participant p ON p.id = n.participant_id
       WHERE p.code LIKE 'L-%'""",
    """INSERT INTO clinic_care (seq, at, by_id, participant_id, person_id, holds, reason)
       SELECT c.seq, c.at, c.by_id, p.id, c.person_id, true, ''
       FROM clinic_care c JOIN record_participant o ON o.id = c.participant_id
            AND o.code = '{code}', record_participant p
       WHERE p.code LIKE 'L-%' AND p.number <= 100 + {own}""",
    "ANALYZE",
)


SETTINGS = (
    "-c max_connections=50 -c shared_buffers=512MB -c work_mem=64MB -c maintenance_work_mem=512MB "
    "-c max_wal_size=16GB -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
)
QUICKLY = ("SET session_replication_role = replica", "SET synchronous_commit = off")
"""While copying: rows that exist already are not checked again, and nobody waits for the disk."""
INDEXES = """SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN
             ('record_version', 'record_entry') AND indexname NOT IN
             (SELECT conname FROM pg_constraint)"""


def main(patients: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="crossblock-clinic-load-"))
    os.environ["CROSSBLOCK_STUDY"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "crossblock.server.clinic.settings"
    from tests.server import postgres  # noqa: PLC0415

    cluster = postgres.start(SETTINGS)
    try:
        os.environ["CROSSBLOCK_DATABASE"] = cluster.address("postgres")
        django.setup()
        print(json.dumps(_measured(folder, patients)))
    finally:
        postgres.stop(cluster)


def _measured(folder: Path, patients: int) -> dict[str, object]:
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from crossblock.forecast.imagined import imagine  # noqa: PLC0415
    from crossblock.server.accounts.models import Person  # noqa: PLC0415
    from crossblock.server.clinic import demo  # noqa: PLC0415
    from crossblock.server.clinic.command import DEMO  # noqa: PLC0415
    from crossblock.server.prepare import migrate  # noqa: PLC0415
    from crossblock.server.record.models import Version  # noqa: PLC0415

    (folder / "clinic.toml").write_text(DEMO)
    migrate()
    demo.CAST = (demo.Patient(kind="steady", days=730.0),)
    (one,) = demo.fill(datetime.now(UTC), 1, lambda words: None, imagine)
    forms = Version.objects.count()
    began = time.perf_counter()
    with connection.cursor() as cursor:
        _copy(cursor, patients, one.code)
    filled = time.perf_counter() - began
    web = Client(SERVER_NAME="127.0.0.1")
    web.force_login(Person.objects.get(email="clinician@demo.invalid"))
    rng = np.random.default_rng(1)
    times: dict[str, list[float]] = {"patient": [], "course": [], "list": [], "quality": []}
    for _ in range(LOOKS):
        code = f"L-{rng.integers(1, OWN + 1)}"
        pages = {"patient": f"/p/{code}/", "course": f"/p/{code}/course/"}
        for name, path in pages.items():
            times[name].append(_timed(web, path))
    for _ in range(10):
        times["list"].append(_timed(web, "/"))
        times["quality"].append(_timed(web, "/quality/"))
    return {
        "patients": patients,
        "forms_each": forms,
        "versions": Version.objects.count(),
        "filled_s": round(filled, 1),
        **{
            f"{name}_p{q}_ms": round(1000 * float(np.percentile(t, q)))
            for name, t in times.items()
            for q in (50, 95)
        },
    }


def _copy(cursor: object, patients: int, code: str) -> None:
    """Copy the one patient; indexes are made again when the rows are there."""
    run = cursor.execute  # type: ignore[attr-defined]
    run(INDEXES)
    held = list(cursor.fetchall())  # type: ignore[attr-defined]
    for statement in (*QUICKLY, *(f'DROP INDEX "{name}"' for name, _ in held)):
        run(statement)
    for statement in COPIES:
        began = time.perf_counter()
        run(statement.format(n=patients, code=code, own=OWN))
        print(f"{time.perf_counter() - began:6.1f} s  {statement.split('(')[0].strip()[:60]}",
              file=sys.stderr, flush=True)  # fmt: skip
    for _, definition in held:
        run(definition)
    run("RESET session_replication_role")
    run("RESET synchronous_commit")
    run("ANALYZE")


def _timed(web: object, path: str) -> float:
    began = time.perf_counter()
    page = web.get(path)  # type: ignore[attr-defined]
    assert page.status_code == 200, (path, page.status_code)
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PATIENTS)

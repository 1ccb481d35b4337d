"""What a worker does for each kind of job. Kinds that need the array engine live in the worker."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from crossblock.load.bundle import table_csv
from crossblock.server import study
from crossblock.server.accounts.people import check_roles
from crossblock.server.jobs.models import Job
from crossblock.server.pages.words import KEPT, unblinding_words
from crossblock.server.record.audit import verify
from crossblock.server.trial.lock import interim_files, tables

EPOCH = (1980, 1, 1, 0, 0, 0)


def export(job: Job) -> str:
    """Write the record as plain tables into a zip file; return its name.

    There is no arm in it, since there is none in the record; free texts that may unblind are left
    out. Every participant has the same columns.
    """
    files = {
        f"{table}.csv": table_csv(
            tuple(tuple(KEPT if unblinding_words(c) else c for c in row) for row in rows)
        )
        for table, rows in tables().items()
    }
    return _packed(f"export-{job.pk}.zip", files)


def interim(job: Job) -> str:
    """Write the interim bundle (ratings, sealed list, hashes) into a zip file; return its name."""
    return _packed(f"interim-{job.pk}.zip", interim_files())


def _packed(name: str, files: Mapping[str, bytes]) -> str:
    folder = study.current().folder / "data" / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, content in files.items():
            archive.writestr(zipfile.ZipInfo(inside, EPOCH), content)
    (folder / name).write_bytes(out.getvalue())
    return name


def check(job: Job) -> str:
    """Verify the whole chain; return what was found in a sentence."""
    found = verify(study.current())
    if found.sound:
        return f"sound: {found.events} events, {found.rows} rows, {found.witnessed} heads witnessed"
    return f"{len(found.faults)} faults: {found.faults[0]}"


def roles(job: Job) -> str:
    """Note who holds two roles that exclude each other; return how many in a sentence."""
    found = check_roles()
    return f"{found} hold two roles that exclude each other" if found else "nobody holds two"


DO = {"export": export, "interim": interim, "verify": check, "roles": roles}

"""What the command line calls: serve, work, lock, verify. Each points Django at a study first.

Django's models cannot be imported before its settings are known, and those come from the study's
folder; so `desk`, which does the work, is imported only after `point_at`.
"""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from crossblock.server.study import check_folder

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def point_at(study: Path, database: str = "", *, tls: bool = False, host: str = "") -> Any:
    """Set the environment that the settings read, load Django, and return the desk."""
    check_folder(study)
    os.environ["CROSSBLOCK_STUDY"] = str(study.resolve())
    os.environ["CROSSBLOCK_DATABASE"] = database
    os.environ["CROSSBLOCK_TLS"] = "1" if tls else ""
    os.environ["CROSSBLOCK_HOSTS"] = ",".join(dict.fromkeys((host or LOOPBACK[0], *LOOPBACK)))
    os.environ["DJANGO_SETTINGS_MODULE"] = "crossblock.server.settings"
    django.setup()
    return import_module("crossblock.server.desk")


class Conduct:
    """The verbs of the server, behind one name of the front door."""

    @staticmethod
    def serve(
        study: Path,
        *,
        database: str = "",
        owner_database: str = "",
        host: str = LOOPBACK[0],
        port: int = 8000,
        behind_tls: bool = False,
        workers: int = 2,
        first_people: bool = False,
    ) -> None:
        """Migrate, verify and serve a study until stopped.

        With `owner_database` the migration runs as the owner, and `database`'s role gets only the
        rights of serving. Without TLS in front the server listens on loopback only.
        """
        desk = point_at(study, database, tls=behind_tls, host=host)
        desk.prepare(owner_database, database)
        if first_people:
            desk.first_people()
        desk.serve(host, port, workers=workers, behind_tls=behind_tls)

    @staticmethod
    def work(study: Path, *, database: str = "", once: bool = False) -> int:
        """Do the jobs of a study; return how many were done."""
        return int(point_at(study, database).work(once=once))

    @staticmethod
    def lock(
        study: Path, output: Path, *, database: str = "", email: str = "", password: str = ""
    ) -> list[str]:
        """Lock (as the monitor of `email`, if given) and write the bundle; return audit faults."""
        return list(point_at(study, database).lock(output, email=email, password=password))

    @staticmethod
    def verify(study: Path, *, database: str = "", rows: bool = True) -> Any:
        """Verify the audit chain of a study; return the findings."""
        return point_at(study, database).verified(rows=rows)


conduct = Conduct()

"""What the command line calls: serve a clinic, or fill and serve one to look around.

Django's models cannot be imported before its settings are known, so `desk`, which does the work, is
imported only after `point_at`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from crossblock.core.errors import InputError, Problem, shorten
from crossblock.server.command import LOOPBACK


def point_at(folder: Path, database: str = "", *, tls: bool = False, host: str = "") -> Any:
    """Set the environment that the settings read, load Django, and return the clinic's desk."""
    if not (folder / "clinic.toml").is_file():
        raise InputError(
            Problem(
                what="this folder holds no clinic",
                where=shorten(str(folder)),
                why="a clinic is a folder with clinic.toml in it",
                fix="write one (docs/clinic.md), or look around first: crossblock clinic --demo",
            )
        )
    os.environ["CROSSBLOCK_STUDY"] = str(folder.resolve())
    os.environ["CROSSBLOCK_DATABASE"] = database
    os.environ["CROSSBLOCK_TLS"] = "1" if tls else ""
    os.environ["CROSSBLOCK_HOSTS"] = ",".join(dict.fromkeys((host or LOOPBACK[0], *LOOPBACK)))
    os.environ["DJANGO_SETTINGS_MODULE"] = "crossblock.server.clinic.settings"
    django.setup()
    return import_module("crossblock.server.clinic.desk")


DEMO = """# A clinic to look around in: nobody in it is real.
name = "Demonstration clinic"
zone = "UTC"
page_to = "clinician@demo.invalid"
answers_monitored = false
[[crisis]]
who = "Emergency number (put your own here)"
how = "112"
[[contact]]
who = "Front desk (put your own here)"
how = "+00 000 0000000"
"""


def make_demo(folder: Path | None, imagine: Callable[..., Any], seed: int = 1) -> Path:
    """Fill a new clinic with simulated patients from the caller's engine; return its folder."""
    target = folder or Path(tempfile.mkdtemp(prefix="crossblock-clinic-"))
    if (target / "clinic.toml").exists():
        raise InputError(
            Problem(
                what="this folder holds a clinic already",
                where=shorten(str(target)),
                fix="name a new folder, or serve it without --demo",
            )
        )
    target.mkdir(parents=True, exist_ok=True)
    (target / "clinic.toml").write_text(DEMO, encoding="utf-8")
    point_at(target).fill_demo(seed, imagine)
    return target


def serve(
    folder: Path,
    *,
    database: str = "",
    owner_database: str = "",
    host: str = LOOPBACK[0],
    port: int = 8000,
    behind_tls: bool = False,
    workers: int = 2,
    first_people: bool = False,
) -> None:
    """Migrate, verify and serve a clinic until stopped."""
    desk = point_at(folder, database, tls=behind_tls, host=host)
    desk.prepare(owner_database, database)
    if first_people:
        desk.first_people()
    desk.serve(host, port, workers=workers, behind_tls=behind_tls)


def work(
    folder: Path,
    forecast: Callable[[Any], Any],
    project: Callable[[Any], Any],
    *,
    database: str = "",
    once: bool = False,
) -> int:
    """Make the forecasts that a clinic waits for, with the caller's engines; return how many."""
    return int(point_at(folder, database).work(forecast, project, once=once))

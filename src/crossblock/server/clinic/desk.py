"""Preparing, filling and serving a clinic, once Django knows its folder."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.db import connections

from crossblock.server import desk, study
from crossblock.server.clinic import demo, house
from crossblock.server.database import settings_of
from crossblock.server.prepare import migrate
from crossblock.server.record import witness
from crossblock.server.record.audit import Findings, verify
from crossblock.server.record.models import Head

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
    return found


def fill_demo(seed: int) -> None:
    """Fill a new clinic with simulated patients and print who can sign in."""
    migrate()
    demo.fill(datetime.now(UTC), seed, say=lambda words: print(words, file=sys.stderr))
    print(f"Sign in with the password: {demo.PASSWORD}", file=sys.stderr)
    for words in demo.accounts():
        print(f"  {words}", file=sys.stderr)

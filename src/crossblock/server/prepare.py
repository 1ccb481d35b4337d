"""What happens before the first page is served: migrate, enter the study, verify the chain."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

from crossblock.server import study as studies
from crossblock.server.record import grants, witness
from crossblock.server.record.audit import Findings, verify
from crossblock.server.record.models import Head
from crossblock.server.trial.opening import open_study

AT_ONCE = 100_000
"""So many events are verified in about a second, before the first page."""


def migrate(serving_role: str = "") -> None:
    """Bring the database to this release; with a role, give it the rights of serving."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    if serving_role and connection.vendor == "postgresql":
        grants.grant(connection, serving_role)


def begin() -> Findings:
    """Enter the study at the first start, verify the chain, and witness where it stands.

    A fault does not keep the server down: people must be able to see it. Randomization is locked by
    `standing` as long as the database is behind its witness.
    """
    open_study(studies.current())
    return check()


def check() -> Findings:
    """Verify the chain without its rows; witness where it stands when it is sound."""
    now = studies.current()
    found = verify(now, rows=False)
    if found.sound and found.events:
        witness.note(now, found.events, found.head)
    return found


def is_long() -> bool:
    """Tell whether the chain is so long that people should not wait for its verification."""
    head = Head.objects.first()
    return head is not None and head.seq > AT_ONCE

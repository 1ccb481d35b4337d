"""PostgreSQL rights: the role that serves pages may add to the record, and nothing more.

`owner` migrates and is never used to serve. The serving role reads everything, adds rows to every
table, and changes or deletes only in the tables that are no record (head of the chain, sessions,
drafts, jobs, accounts and their second factors).
"""

from __future__ import annotations

import re
from typing import Any

from crossblock.core.errors import InputError, Problem, shorten

CHANGING = (
    "record_head",
    "record_draft",
    "jobs_job",
    "clinic_tally",
    "clinic_mark",
    "accounts_person",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "django_session",
    "cache",
)
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def statements(role: str) -> list[str]:
    """Return the SQL that gives `role` what serving needs, after taking everything away."""
    if not NAME.fullmatch(role):
        raise InputError(
            Problem(
                what="this is not a name for a database role",
                value=shorten(role),
                fix="use lower-case letters, digits and _",
            )
        )
    return [
        f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{role}"',
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f'GRANT USAGE ON SCHEMA public TO "{role}"',
        f'GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO "{role}"',
        f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{role}"',
        *(f'GRANT UPDATE ON "{table}" TO "{role}"' for table in CHANGING),
        *(f'GRANT DELETE ON "{table}" TO "{role}"' for table in CHANGING if "head" not in table),
    ]


def grant(connection: Any, role: str) -> None:
    """Give `role` the rights of the serving process; run by the owner after migrating."""
    with connection.cursor() as cursor:
        for statement in statements(role):
            cursor.execute(statement)

"""Which database: SQLite beside the study, or PostgreSQL by its address."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from crossblock.core.errors import InputError, Problem, shorten

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA busy_timeout=20000;"
)
BUSY_S = 20
KEPT_S = 60
PREPARED_AFTER = 3


def settings_of(address: str, folder: Path) -> dict[str, Any]:
    """Return Django's settings of a database; "" is SQLite in the study's folder.

    SQLite: write-ahead log, full synchronization (what was acknowledged survives a power cut) and
    immediate transactions (a reader never finds out halfway that it cannot write). Connections are
    kept between requests; PostgreSQL plans a statement that comes again only once.
    """
    if not address:
        (folder / "data").mkdir(parents=True, exist_ok=True, mode=0o700)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(folder / "data" / "study.sqlite3"),
            "CONN_MAX_AGE": KEPT_S,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": BUSY_S,
                "init_command": SQLITE_PRAGMAS,
            },
        }
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise InputError(
            Problem(
                what="this is not the address of a database",
                where="--database",
                value=shorten(parts._replace(netloc=parts.hostname or "").geturl()),
                why="a real study runs on PostgreSQL; without an address it is SQLite",
                fix="write postgres://user:password@host:5432/name",
            )
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or 5432),
        "CONN_MAX_AGE": KEPT_S,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "server_side_binding": True,
            "prepare_threshold": PREPARED_AFTER,
        },
    }

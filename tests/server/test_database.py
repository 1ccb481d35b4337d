"""Addresses of databases, and that SQLite is set to lose nothing that was acknowledged."""

from pathlib import Path

import pytest
from django.db import connection

from crossblock.core.errors import InputError
from crossblock.server.database import settings_of
from tests.server.world import World


def test_sqlite_lies_in_the_study_and_is_durable(lite: World) -> None:
    assert str(lite.folder) in str(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        found = {}
        for pragma in ("journal_mode", "synchronous", "foreign_keys"):
            cursor.execute(f"PRAGMA {pragma}")
            found[pragma] = cursor.fetchone()[0]
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgres_by_its_address(tmp_path: Path) -> None:
    found = settings_of("postgres://web:p%40ss@db.example.org:6432/trial", tmp_path)
    wanted = {"NAME": "trial", "USER": "web", "PASSWORD": "p@ss", "HOST": "db.example.org",
              "PORT": "6432"}  # fmt: skip
    assert {k: found[k] for k in wanted} == wanted
    assert found["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize("bad", ["mysql://x@h/db", "postgres://user:secret@host", "nonsense"])
def test_other_addresses_are_refused_without_showing_a_password(bad: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not the address of a database") as refused:
        settings_of(bad, tmp_path)
    assert "secret" not in str(refused.value)

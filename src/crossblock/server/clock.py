"""The clock of the server, in one place, so that a demonstration can fill its past."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """Return the time in UTC, with its zone."""
    return _pretended.get() or datetime.now(UTC)


def text(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC with microseconds: 2026-11-21T14:02:00.000000Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


@contextmanager
def pretending(moment: datetime) -> Iterator[None]:
    """Set the clock while a virtual study is played; never used when serving."""
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)


def moment(stored: str) -> datetime:
    """Return the moment that `text` wrote."""
    return datetime.strptime(stored, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def local(when: datetime, zone: str) -> str:
    """Return a moment as a form shows it: local, to the minute."""
    return when.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")

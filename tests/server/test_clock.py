"""Times are UTC with microseconds, read back alike, and can be pretended only in a block."""

from datetime import UTC, datetime, timedelta, timezone

from crossblock.server import clock

NOON = datetime(2026, 11, 21, 12, 0, 0, 5, tzinfo=UTC)


def test_text_and_moment_are_inverse() -> None:
    assert clock.text(NOON) == "2026-11-21T12:00:00.000005Z"
    assert clock.moment(clock.text(NOON)) == NOON
    east = NOON.astimezone(timezone(timedelta(hours=9)))
    assert clock.text(east) == clock.text(NOON)


def test_pretending_ends_with_its_block() -> None:
    with clock.pretending(NOON):
        assert clock.now() == NOON
    assert clock.now() != NOON


def test_local_follows_the_sites_clock_change() -> None:
    assert clock.local(datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "Europe/Berlin") == (
        "2026-03-29T01:59"
    )
    assert clock.local(datetime(2026, 3, 29, 1, 1, tzinfo=UTC), "Europe/Berlin") == (
        "2026-03-29T03:01"
    )

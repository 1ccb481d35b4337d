"""Marks: times with their zone, numbers with a real minus sign."""

from datetime import UTC, datetime

from crossblock.server.pages import marks
from tests.server.world import World

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def test_times_carry_their_zone() -> None:
    assert ">1 Jul 2026, 14:00 (CEST)<" in marks.when(NOON, "Europe/Berlin")
    assert 'datetime="2026-07-01T12:00:00+00:00"' in marks.when(NOON)
    assert marks.when("2026-07-01T12:00:00.000000Z") == marks.when(NOON)
    assert marks.when(None) == "–"


def test_numbers() -> None:
    assert marks.number(-2.50) == "−2.5"
    assert marks.number(18.0) == "18"
    assert marks.number(None) == marks.number("") == "–"


def test_names() -> None:
    assert marks.form_name("hamd17") == "HAM-D17"
    assert marks.form_name("consent") == "Consent"
    assert marks.at({"a": 1}, "b") == ""


def test_visits_by_their_names(lite: World) -> None:
    assert marks.visit_name("d1") == lite.protocol.visit("d1").label == "Day 1"
    assert marks.visit_name("") == "unscheduled"

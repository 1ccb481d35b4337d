"""A cohort goes through both periods by the writer door, and leaves a sound record."""

from collections import Counter
from pathlib import Path

import pytest

from crossblock.cli.leaks import new_study
from crossblock.load import catalog
from crossblock.load.protocol import read as read_protocol
from crossblock.server import cohort, rehearsal, study
from crossblock.server.accounts.models import Person
from crossblock.server.prepare import begin, migrate
from crossblock.server.record.audit import verify
from crossblock.server.record.models import Entry, Event, Step, Version
from crossblock.server.roles import Thing
from crossblock.server.trial.models import Alert, CodeBreak, Release
from tests.server import conftest


def test_a_cohort_is_in_period_2_with_its_ratings(tmp_path: Path) -> None:
    protocol = read_protocol("williams-2018")
    source = catalog.path("protocols", "williams-2018")
    raters = new_study(tmp_path / "study", protocol, source, 6, 1, "effect")
    conftest.connect("", tmp_path / "study")
    migrate()
    begin()
    rehearsal.cast()
    cohort.populate(6, raters)
    steps = Counter(Step.objects.values_list("name", "period"))
    assert steps["started", 2] == steps["discharged", 2] == steps["finished", 1] == 6
    rated = Counter(Entry.objects.exclude(visit="").values_list("period", "form"))
    assert rated[1, "hamd17"] + rated[2, "hamd17"] <= 2 * 6 - 1  # a broken code ends the rating
    assert 0 < rated[1, "blinding-guess"] <= 3 * 6
    assert rated[2, "blinding-guess"] == 0  # still due
    own = Version.objects.filter(entry__form="ketamine-craving")
    assert 0 < own.count() == own.filter(by__participant__isnull=False).count()
    assert Entry.objects.filter(form="adverse-events").exists()
    assert Version.objects.filter(number=2).exclude(entry__form="gate").count() == 1
    assert CodeBreak.objects.count() == Release.objects.count() == 1
    assert Person.objects.filter(participant__isnull=False).count() == 6
    assert not Alert.objects.filter(note__isnull=True).exists()
    assert Event.objects.filter(action="clock.back").count() == 1  # its past begins once
    assert verify(study.current()).sound
    conftest.connections["default"].close()


@pytest.mark.parametrize("period", [1, 2])
def test_what_is_rated_in_a_period(period: int, lite: object) -> None:
    found = cohort.wanted(period)
    assert {p.period for p in found} == {period}
    guesses = cohort.WANTED[Thing.GUESS] if period == 2 else 0
    assert len(found) == sum(cohort.WANTED.values()) - guesses

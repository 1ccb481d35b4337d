"""Entries, versions and drafts (saving through forms is tested in trial.rating)."""

from crossblock.server.record import entries
from crossblock.server.record.entries import Spot
from crossblock.server.record.models import Draft
from crossblock.server.roles import Role
from tests.server.world import HAMD17, World, sent


def test_the_newest_version_counts(lite: World) -> None:
    person = lite.started()
    spot = Spot(form="hamd17", visit="d1", period=1)
    assert entries.newest(person, spot) is None
    lite.rate(person)
    lite.rate(person, answers={**HAMD17, "item1": 2.0}, sent=sent(base=1, reason="misread"))
    found = entries.newest(person, spot)
    assert found is not None
    assert found.number == 2
    assert entries.content_of(found)["answers"]["item1"] == 2.0


def test_drafts_belong_to_one_person_and_place(lite: World) -> None:
    one, two = lite.actor(Role.OUTCOME_RATER).person_id, lite.actor(Role.COORDINATOR).person_id
    entries.keep_draft(one, "/p/A-001/x/", {"item1": "2"})
    entries.keep_draft(one, "/p/A-001/x/", {"item1": "3"})
    assert entries.draft(one, "/p/A-001/x/") == {"item1": "3"}
    assert entries.draft(two, "/p/A-001/x/") == {}
    entries.drop_draft(one, "/p/A-001/x/")
    assert Draft.objects.count() == 0

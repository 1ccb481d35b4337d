"""Boards: alerts, queries, signatures and code break as the people who use them see them."""

import pytest

from crossblock.load.envelope import open_envelope
from crossblock.server.record.models import Event, Query, QueryNote, Signature
from crossblock.server.roles import Role, Thing
from crossblock.server.trial import rating
from crossblock.server.trial.models import CodeBreak, Release
from crossblock.server.trial.schedule import Place
from tests.server.web import client, text_of
from tests.server.world import HAMD17, PASSWORD, World, sent

EVENT = {"term": "rash", "severity": 2.0, "serious": 1.0, "related": 2.0, "nausea": 0.0,
         "action": 1.0, "outcome": 0.0}  # fmt: skip


def note_event(lite: World, person: object, term: str) -> None:
    place = Place(form="adverse-events", visit="", period=1, thing=Thing.EVENTS)
    rater = lite.actor(Role.SESSION_RATER)
    rating.save(rater, person, place, {**EVENT, "term": term}, sent())  # type: ignore[arg-type]


def test_the_safety_board(lite: World) -> None:
    person = lite.started()
    lite.rate(person, "d1", {**HAMD17, "item3": 3.0})
    note_event(lite, person, "rash after naltrexone")
    board = text_of(client(lite, Role.INVESTIGATOR).get("/safety/"))
    assert "HAM-D item 3 at 3 or more" in board
    assert "Serious adverse events: 1 of 2" in board
    assert "naltrexone" not in board
    assert "the words may unblind" in board
    assert "rash after naltrexone" in text_of(client(lite, Role.MONITOR).get("/safety/"))
    other = text_of(client(lite, Role.INVESTIGATOR, "b").get("/safety/"))
    assert person.code not in other
    harm = text_of(client(lite, Role.STATISTICIAN).get("/harm/"))
    assert "Below the harm limit" in harm
    assert person.code not in harm


def test_a_query_from_question_to_closing(lite: World) -> None:
    saved = lite.rate(lite.started())
    entry = saved.version.entry
    monitor, rater = client(lite, Role.MONITOR), client(lite, Role.OUTCOME_RATER)
    path = f"/p/{entry.participant.code}/entry/{entry.pk}/ask/"
    assert rater.post(path, {"text": "?"}).status_code == 404
    where = monitor.post(path, {"text": "Is item 1 right?", "item": "item1"})["Location"]
    assert "Is item 1 right?" in text_of(rater.get("/queries/"))
    assert "Is item 1 right?" not in text_of(client(lite, Role.SESSION_RATER).get("/queries/"))
    assert client(lite, Role.SESSION_RATER).get(where).status_code == 404
    rater.post(where, {"text": "Yes, heard so.", "closes": "yes"})
    assert not QueryNote.objects.get().closes
    monitor.post(where, {"text": "Thanks.", "closes": "yes"})
    assert "(closed)" in text_of(monitor.get(where))
    rater.post(where, {"text": "One more."})
    assert Query.objects.get().notes.count() == 2


def test_signing_asks_for_the_password_each_time(lite: World) -> None:
    person = lite.started()
    outcome = lite.rate(person).version
    note_event(lite, person, "rash")
    version = person.entries.get(form="adverse-events").versions.get()
    path = f"/p/{person.code}/sign/{version.pk}/"
    web = client(lite, Role.INVESTIGATOR)
    refused = web.post(path, {"password": "wrong", "meaning": "I wrote this"})
    assert refused.status_code == 422
    assert Signature.objects.count() == 0
    web.post(path, {"password": PASSWORD, "meaning": "I wrote this"})
    made = Signature.objects.get()
    assert (made.printed_name, made.meaning) == ("Investigator A", "I wrote this")
    page = text_of(web.get(f"/p/{person.code}/entry/{version.entry_id}/"))
    assert "Signed by Investigator A" in page
    assert web.get(f"/p/{person.code}/sign/{outcome.pk}/").status_code == 404


def test_a_code_break_through_the_pages(lite: World) -> None:
    person = lite.started()
    web = client(lite, Role.INVESTIGATOR)
    path = f"/p/{person.code}/break/"
    sent_ = {"kind": "emergency", "reason": "anaphylaxis, antidote differs", "password": "wrong"}
    assert web.post(path, sent_).status_code == 422
    assert CodeBreak.objects.count() == 0
    assert web.post(f"{path}envelope/").status_code == 404
    assert web.post(path, {**sent_, "password": PASSWORD}).status_code == 302
    page = text_of(web.get(path))
    assert "All periods (1, 2) count as unblinded" in page
    for word in lite.protocol.sequence_ids:
        assert word not in page
    answer = web.post(f"{path}envelope/")
    assert answer["Content-Disposition"] == f'attachment; filename="envelope-{person.code}.json"'
    file = lite.folder / "released.json"
    file.write_bytes(answer.content)
    letter = open_envelope(file, lite.folder.parent / "emergency.key")
    assert letter["slot"] == person.allocation.slot.number
    assert Release.objects.count() == 1
    register = text_of(client(lite, Role.SPONSOR).get("/unblindings/"))
    assert "anaphylaxis" in register
    assert letter["sequence"] not in register


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MONITOR, Role.OUTCOME_RATER])
def test_others_find_no_code_break(lite: World, role: Role) -> None:
    person = lite.randomized()
    assert client(lite, role).get(f"/p/{person.code}/break/").status_code == 404
    assert Event.objects.filter(action="page.refused").count() == 1

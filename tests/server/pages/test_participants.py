"""The today list, the list of people, and the timeline, by role."""

from datetime import timedelta

import pytest

from crossblock.server.accounts.people import ask
from crossblock.server.pages import participants
from crossblock.server.pages.participants import Mark, axis
from crossblock.server.record.models import Event
from crossblock.server.roles import Role
from crossblock.server.trial import kits
from tests.server.web import client, text_of
from tests.server.world import HAMD17, World, sent


def test_adding_twice_with_one_key_adds_one(lite: World) -> None:
    web = client(lite, Role.COORDINATOR)
    first = web.post("/participants/", {"site": "a", "key": "same"})
    second = web.post("/participants/", {"site": "a", "key": "same"})
    assert first["Location"] == second["Location"] == "/p/A-001/"


def test_lists_go_by_code_and_site(lite: World) -> None:
    for site in ("b", "a", "b"):
        lite.consented(site)
    text = text_of(client(lite, Role.MONITOR).get("/participants/"))
    assert text.index("A-001") < text.index("B-001") < text.index("B-002")
    assert "A-001" not in text_of(client(lite, Role.COORDINATOR, "b").get("/participants/"))
    for odd in ("0", "-1", "x", "9999999", "1e3"):
        assert client(lite, Role.MONITOR).get(f"/participants/?page={odd}").status_code == 200


def test_three_people_see_three_timelines(lite: World) -> None:
    person = lite.started()
    lite.rate(person)
    kit = kits.kit_of(person, 1)
    path = f"/p/{person.code}/"
    coordinator = text_of(client(lite, Role.COORDINATOR).get(path))
    assert kit in coordinator
    assert "handing out the kit of period 1" in coordinator
    assert "HAM-D17, Day 1" not in coordinator
    rater = text_of(client(lite, Role.OUTCOME_RATER).get(path))
    assert kit not in rater
    assert "handing out" not in rater
    assert "HAM-D17, Day 1, version 1" in rater
    pharmacist = text_of(client(lite, Role.PHARMACIST).get(path))
    assert kit in pharmacist
    assert "HAM-D17, Day 1" not in pharmacist
    assert client(lite, Role.STATISTICIAN).get(path).status_code == 404


def test_today_is_ones_own(lite: World) -> None:
    person = lite.started()
    rater = text_of(client(lite, Role.OUTCOME_RATER).get("/"))
    assert person.code in rater
    assert "HAM-D17" in rater
    assert "overdue" in rater
    coordinator = text_of(client(lite, Role.COORDINATOR).get("/"))
    assert "discharge after the session of period 1" in coordinator
    assert person.code not in text_of(client(lite, Role.OUTCOME_RATER, "b").get("/"))
    assert "Nothing is due" in text_of(client(lite, Role.SPONSOR).get("/"))


def test_the_coordinator_sees_what_is_overdue_and_whose_it_is(lite: World) -> None:
    person = lite.started(ago=timedelta(days=6))
    web = client(lite, Role.COORDINATOR)
    path = f"/p/{person.code}/"

    def row() -> str:
        return text_of(web.get("/")).split("Day 1, period 1")[1].split("Day 3")[0]

    assert "overdue" in row()
    assert "outcome rater: HAM-D6, HAM-D17, MADRS" in row()
    assert f'href="{path}1/d1/hamd17/"' not in web.get("/").content.decode()  # not hers to fill
    assert "overdue: Day 1, outcome rater HAM-D6, HAM-D17" in text_of(web.get(path))
    lite.rate(person, "d1")
    assert "outcome rater: HAM-D6, MADRS" in row()
    assert "overdue: Day 1, outcome rater HAM-D6, MADRS" in text_of(web.get(path))
    rater = text_of(client(lite, Role.OUTCOME_RATER).get("/"))
    assert "session rater:" not in rater
    assert person.code not in text_of(client(lite, Role.COORDINATOR, "b").get("/"))


def test_a_day_that_is_longer_than_a_page_opens_with_the_whole_menu(
    lite: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of lines that are left out once stood where the folded menu did: a 500."""
    monkeypatch.setattr(participants, "A_PAGE", 1)
    for _ in range(2):
        lite.started()
    for role in (Role.COORDINATOR, Role.OUTCOME_RATER, Role.INVESTIGATOR):
        page = client(lite, role).get("/")
        assert page.status_code == 200
        assert page.context["more"] > 0
        assert f"{page.context['more']} more after these" in text_of(page)
        assert ('<details class="more">' in page.content.decode()) == bool(page.context["folded"])


def test_nothing_is_due_is_said_of_nothing_only(lite: World) -> None:
    person = lite.consented()
    text = text_of(client(lite, Role.COORDINATOR).get("/"))
    assert f"{person.code} : the gate before" in text
    assert "Nothing is due" not in text
    assert "No form is due for you this week" in text


def test_whoever_looks_after_the_whole_sees_what_waits(lite: World) -> None:
    person = lite.started()
    lite.rate(person, answers={**HAMD17, "item3": 1.0})
    left_out = {k: v for k, v in HAMD17.items() if k != "item5"}
    begun = person.steps.get(name="started").occurred
    lite.rate(person, "d3", left_out, unanswered=("item5",), sent=sent(begun))
    ask(lite.actor(Role.SPONSOR), lite.person(Role.MONITOR), Role.MONITOR, "", "once more")
    web = client(lite, Role.MONITOR)
    last = Event.objects.latest("seq").seq
    monitor = text_of(web.get("/"))
    assert "1 alert open" in monitor
    assert "1 query open" in monitor
    assert f"{last} audit events not signed off" in monitor
    assert "No form is due" not in monitor
    assert "1 role asked for" in text_of(client(lite, Role.SPONSOR).get("/"))
    investigator = text_of(client(lite, Role.INVESTIGATOR).get("/"))
    assert "1 alert open" in investigator
    assert "query" not in investigator
    rater = text_of(client(lite, Role.OUTCOME_RATER).get("/"))
    assert "alert" not in rater


def test_the_receipt_can_be_printed(lite: World) -> None:
    person = lite.randomized()
    page = text_of(client(lite, Role.COORDINATOR).get(f"/p/{person.code}/receipt/"))
    assert '"signature":' in page
    assert client(lite, Role.OUTCOME_RATER).get(f"/p/{person.code}/receipt/").status_code == 404


def test_an_axis_spans_its_marks(lite: World) -> None:
    person = lite.started()
    marks = [Mark(at=s.occurred, lane=s.name, words=s.name) for s in person.steps.all()]
    marks.sort(key=lambda m: m.at)
    found = axis(marks)
    assert found is not None
    xs = [p["x"] for p in found["points"]]
    assert xs == sorted(xs)
    assert xs[0] == 160.0
    assert xs[-1] == 750.0
    assert axis(marks[:1]) is None

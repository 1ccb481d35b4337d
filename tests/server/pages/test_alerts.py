"""Alerts: who sees which, who closes one, what the participant sees, and what waits meanwhile."""

from __future__ import annotations

import pytest

from crossblock.server.accounts.models import Person
from crossblock.server.accounts.people import actor_of, ask, give, invite
from crossblock.server.record.models import Entry, Participant
from crossblock.server.roles import RefusedError, Role
from crossblock.server.trial import allocation, procedures, rating
from crossblock.server.trial.models import Alert, Deviation
from tests.server.attacks.test_typed import HIGH
from tests.server.web import Client, client, fill, text_of
from tests.server.world import GATE, HAMD17, World, sent

NOTE = "Psychiatrist told at once, stays overnight."
DANGER, THOUGHT = 3.0, 1.0
CALM = {"item1": 0.0, "item2": 0.0, "item6": 0.0}


def test_an_alert_closes_with_a_note_by_somebody_of_its_site(lite: World) -> None:
    lite.rate(lite.started(), "d1", {**HAMD17, "item3": 3.0})
    alert = Alert.objects.filter(action="block").get()
    path = f"/p/{alert.participant.code}/alert/{alert.pk}/"
    assert client(lite, Role.INVESTIGATOR, "b").get(path).status_code == 404
    assert client(lite, Role.MONITOR).get(path).status_code == 404
    web = client(lite, Role.INVESTIGATOR)
    kept = web.post(path, {"text": "short"})
    assert kept.status_code == 422
    assert "short</textarea>" in kept.content.decode()
    assert web.post(path, {"text": "Seen by psychiatrist, plan agreed."}).status_code == 302
    assert "Closed by Investigator A" in text_of(web.get(path))


def qids(item12: float) -> dict[str, float]:
    return {f"item{i}": 0.0 for i in range(1, 17)} | {"item12": item12}


def themselves(world: World, person: Participant) -> Client:
    """Return the browser of a participant's own account."""
    first, second = (actor_of(Person.objects.get(email=f"sponsor-{n}@example.org")) for n in (1, 2))
    account = invite(first, "own@example.org", "Own", None, person.code)
    give(second, ask(first, account, Role.PARTICIPANT, person.site, "own answers"))
    web = Client()
    web.force_login(account)
    return web


def test_a_participant_in_danger_sees_whom_to_call_and_is_not_locked_out(own: World) -> None:
    person = own.started()
    web = themselves(own, person)
    path = f"/p/{person.code}/1/d1/qids-sr16/"
    page = web.get(path).content.decode()
    assert page.index("Nobody watches your answers as you send them") < page.index("item-item1")
    saved = fill(web, path, qids(DANGER))
    assert saved["Location"] == "/me/help/"
    found = web.get("/me/help/")
    text = text_of(found)
    assert text.index("Crisis line of Site A") < text.index("is stored")
    assert 'href="tel:+49301234567"' in found.content.decode()
    assert web.get(path.replace("/d1/", "/d3/")).status_code == 200
    assert fill(web, path.replace("/d1/", "/d3/"), qids(0.0))["Location"].startswith("/p/")
    for role in (Role.COORDINATOR, Role.INVESTIGATOR):
        staff = client(own, role)
        assert "detailed thoughts, plans or an attempt" in text_of(staff.get("/"))
        alert = Alert.objects.get(action="block")
        assert staff.get(f"/p/{person.code}/alert/{alert.pk}/").status_code == 200


def test_whoever_raises_a_screen_fills_the_screener(own: World) -> None:
    person = own.started()
    web = client(own, Role.COORDINATOR)
    saved = fill(web, f"/p/{person.code}/1/d1/qids-sr16/", qids(THOUGHT))
    assert saved["Location"].endswith("/1/d1/cssrs-screener/?why=screen")
    done = fill(web, saved["Location"].split("?")[0], CALM)
    assert done.status_code == 302
    assert Entry.objects.filter(form="cssrs-screener").count() == 1
    assert "Fill the suicide screener" not in text_of(web.get("/"))
    alert = Alert.objects.get()
    assert web.post(f"/p/{person.code}/alert/{alert.pk}/", {"text": NOTE}).status_code == 302
    assert Deviation.objects.count() == 0


def test_a_screen_that_a_participant_raised_waits_for_the_coordinator(own: World) -> None:
    person = own.started()
    mine = themselves(own, person)
    fill(mine, f"/p/{person.code}/1/d1/qids-sr16/", qids(THOUGHT))
    web = client(own, Role.COORDINATOR)
    screener = f"/p/{person.code}/1/d1/cssrs-screener/?why=screen"
    assert f'href="{screener}"' in web.get("/").content.decode()
    with pytest.raises(RefusedError, match="suicide screener is still to be filled"):
        procedures.discharge(own.actor(Role.INVESTIGATOR), person, 1, "seen")
    alert = Alert.objects.get()
    path = f"/p/{person.code}/alert/{alert.pk}/"
    assert "Fill the suicide screener" in text_of(web.get(path))
    refused = web.post(path, {"text": NOTE})
    assert refused.status_code == 422
    assert "is not filled" in text_of(refused)
    assert NOTE in refused.content.decode()
    why = "participant has left the country; called by phone"
    assert web.post(path, {"text": NOTE, "without": why}).status_code == 302
    assert why in Deviation.objects.get(kind="screener not filled").text
    procedures.discharge(own.actor(Role.INVESTIGATOR), person, 1, "seen")
    fill(mine, f"/p/{person.code}/1/d3/qids-sr16/", qids(THOUGHT))
    with pytest.raises(RefusedError, match="suicide screener is still to be filled"):
        procedures.finish(own.actor(Role.COORDINATOR), person, 1)
    assert fill(web, screener.replace("d1", "d3").split("?")[0], CALM).status_code == 302
    procedures.finish(own.actor(Role.COORDINATOR), person, 1)


def test_an_alert_is_seen_only_by_who_reads_its_form(lite: World) -> None:
    person = lite.started()
    vitals = lite.place("session-vitals", "infusion", 1)
    rating.save(lite.actor(Role.SESSION_RATER), person, vitals, HIGH, sent())
    alert = Alert.objects.get()
    path = f"/p/{person.code}/alert/{alert.pk}/"
    for role in (Role.SESSION_RATER, Role.COORDINATOR, Role.INVESTIGATOR):
        assert "systolic" in text_of(client(lite, role).get("/")), role
        assert client(lite, role).get(path).status_code == 200
    outcome = client(lite, Role.OUTCOME_RATER)
    for page in ("/", f"/p/{person.code}/", f"/p/{person.code}/1/d1/hamd17/"):
        assert "systolic" not in text_of(outcome.get(page))
    assert "visit waits" in text_of(outcome.get(f"/p/{person.code}/"))
    assert outcome.get(path).status_code == 404
    assert outcome.post(path, {"text": NOTE}).status_code == 404


def test_an_open_alert_holds_everybody_up_but_not_safety(lite: World) -> None:
    person = lite.started()
    lite.rate(person, "d1", {**HAMD17, "item3": DANGER})
    session = client(lite, Role.SESSION_RATER)
    held = session.get(f"/p/{person.code}/1/infusion/cadss/")
    assert held.status_code == 409
    assert "HAM-D" not in text_of(held)
    for safe in ("infusion/session-vitals", "unscheduled/adverse-events", "d1/cssrs-screener"):
        assert session.get(f"/p/{person.code}/1/{safe}/").status_code == 200, safe
    cadss = lite.place("cadss", "infusion", 1)
    with pytest.raises(RefusedError, match="waits for its action note"):
        rating.save(lite.actor(Role.SESSION_RATER), person, cadss, {"item1": 0.0}, sent())
    alert = Alert.objects.get(action="block")
    rater = client(lite, Role.OUTCOME_RATER)
    noted = rater.post(f"/p/{person.code}/alert/{alert.pk}/", {"text": NOTE})
    assert noted["Location"].endswith("/1/d1/cssrs-screener/?why=screen")
    assert session.get(f"/p/{person.code}/1/infusion/cadss/").status_code == 200


def test_what_was_typed_comes_back_when_an_alert_was_raised_meanwhile(lite: World) -> None:
    person = lite.started()
    web = client(lite, Role.OUTCOME_RATER)
    path = f"/p/{person.code}/1/d1/hamd17/"
    page = web.get(path)
    lite.rate(person, "d3", {**HAMD17, "item3": DANGER})
    typed = {f"q-{k}": f"{v:g}" for k, v in HAMD17.items()} | {"q-item1": "2"}
    refused = web.post(path, {**typed, "occurred": page.context["occurred"]})
    assert refused.status_code == 422
    assert "waits for its action note" in text_of(refused)
    assert 'name="q-item1" value="2" checked' in refused.content.decode()


def test_an_open_alert_holds_randomization_and_the_gate(lite: World) -> None:
    person, coordinator = lite.gated(), lite.actor(Role.COORDINATOR)
    place = lite.place("hamd17", "baseline", 1)
    answers = {**HAMD17, "item3": DANGER}
    rating.save(lite.actor(Role.OUTCOME_RATER), person, place, answers, sent())
    with pytest.raises(RefusedError, match="waits for its action note"):
        allocation.randomize(coordinator, person)
    with pytest.raises(RefusedError, match="waits for its action note"):
        procedures.take(coordinator, person, "gate", 1, GATE, sent(base=1, reason="again"))

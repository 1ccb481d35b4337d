"""Ways to a form: what was saved is corrected by a link, what is measured again is its own."""

import json
import re
from typing import Any

import pytest

from crossblock.server import study
from crossblock.server.pages.ways import is_measured_again, place_at
from crossblock.server.record.models import Entry, Version
from crossblock.server.roles import Role
from crossblock.server.trial import lock, procedures, unblinding
from tests.server.web import client, fill, hidden, local, text_of
from tests.server.world import HAMD17, World

VITALS = {"minutes": "40", "systolic": "170", "diastolic": "85", "heart_rate": "70",
          "oxygen": "98", "breathing": "14", "alertness": "5"}  # fmt: skip
EVENT = {"term": "fall", "severity": "2", "serious": "0", "related": "1", "nausea": "0",
         "action": "1", "outcome": "0"}  # fmt: skip


def links(page: Any) -> list[str]:
    return re.findall(r'href="([^"]+)"', page.content.decode())


@pytest.mark.parametrize(
    ("role", "tail", "answers"),
    [
        (Role.OUTCOME_RATER, "1/d1/hamd17/", HAMD17),
        (Role.SESSION_RATER, "1/infusion/session-vitals/", VITALS),
        (Role.COORDINATOR, "1/unscheduled/adverse-events/", EVENT),
        (Role.INVESTIGATOR, "1/unscheduled/adverse-events/", EVENT),
        (Role.COORDINATOR, "consent/", {"document": "2.1", "signed": "yes", "copy": "yes",
                                        "risks": "yes", "pool": "yes"}),
    ],
)  # fmt: skip
def test_what_was_saved_is_corrected_by_a_link(
    lite: World, role: Role, tail: str, answers: dict[str, Any]
) -> None:
    person = lite.started()
    web = client(lite, role)
    path = f"/p/{person.code}/{tail}"
    # a consent keeps its time: now would be after the gate
    held = re.findall(r'name="occurred" value="([^"]*)"', web.get(path).content.decode())
    when = {"occurred": held[0]} if tail == "consent/" else {}
    saved = fill(web, path, answers, reason="a later document", **when)
    assert saved.status_code == 302
    form = "consent" if tail == "consent/" else tail.split("/")[2]
    entry = Entry.objects.get(form=form)
    places = [web.get(f"/p/{person.code}/"), web.get(f"/p/{person.code}/entry/{entry.pk}/")]
    if form != "consent":
        places.append(web.get(saved["Location"]))
    numbered = form in {"adverse-events", "session-vitals"}
    path = f"/p/{person.code}/{tail}" + ("1/" if numbered else "")
    assert all(path in links(page) for page in places)
    count = Version.objects.filter(entry=entry).count()
    assert "Correction of version" in text_of(web.get(path))
    assert fill(web, path, answers, reason="typed too fast", **when).status_code == 302
    assert Entry.objects.filter(form=form).count() == 1
    assert Version.objects.filter(entry=entry).count() == count + 1


def test_nobody_is_led_to_correct_what_is_not_theirs(lite: World) -> None:
    person = lite.started()
    lite.rate(person, "d1")
    entry = Entry.objects.get(form="hamd17")
    path = f"/p/{person.code}/1/d1/hamd17/"
    monitor = client(lite, Role.MONITOR)
    for page in (f"/p/{person.code}/", f"/p/{person.code}/entry/{entry.pk}/"):
        assert path not in links(monitor.get(page))
    rater = client(lite, Role.OUTCOME_RATER)
    assert path in links(rater.get(f"/p/{person.code}/"))
    unblinding.break_code(lite.actor(Role.INVESTIGATOR), person, "emergency", "for treatment")
    for page in (f"/p/{person.code}/", f"/p/{person.code}/entry/{entry.pk}/"):
        assert path not in links(rater.get(page))


def test_a_second_measurement_is_its_own_and_opens_the_discharge(lite: World) -> None:
    person = lite.started()
    web = client(lite, Role.SESSION_RATER)
    path = f"/p/{person.code}/1/infusion/session-vitals/"
    first = fill(web, path, VITALS)
    assert path in links(web.get(first["Location"]))
    discharge = f"/p/{person.code}/discharge/1/"
    assert path in links(web.get(discharge))
    assert path in links(web.get(f"/p/{person.code}/"))
    again = web.get(path)
    assert again["Location"] == f"{path}2/"
    page = web.get(again["Location"])
    assert "Correction of" not in text_of(page)
    assert "no. 2" in text_of(page)
    sent = {f"q-{k}": v for k, v in {**VITALS, "minutes": "90", "systolic": "130"}.items()}
    assert web.post(f"{path}2/", {**hidden(page), "occurred": local(), **sent}).status_code == 302
    found = Version.objects.filter(entry__form="session-vitals").order_by("entry__repeat")
    assert [(v.entry.repeat, v.number, json.loads(v.content)["answers"]["systolic"])
            for v in found] == [(1, 1, 170.0), (2, 1, 130.0)]  # fmt: skip
    assert not any("Systolic" in s for s in procedures.discharge_stops(person, 1))
    assert "session-vitals/1/" in " ".join(links(web.get(f"/p/{person.code}/")))
    assert web.get(f"{path}9/").status_code == 404
    assert web.get(f"/p/{person.code}/1/d1/hamd17/2/").status_code == 404


def test_a_rating_for_the_discharge_leaves_the_scheduled_one(lite: World) -> None:
    place = place_at(lite.started(), 1, "infusion", "cadss", "")
    assert place is not None
    assert is_measured_again(place)
    person = lite.started()
    web = client(lite, Role.SESSION_RATER)
    path = f"/p/{person.code}/1/infusion/cadss/"
    items = [i.id for i in study.current().instrument("cadss").items]
    assert fill(web, path, dict.fromkeys(items, 2.0)).status_code == 302
    assert any("CADSS" in s for s in procedures.discharge_stops(person, 1))
    assert fill(web, f"{path}2/", dict.fromkeys(items, 0.0)).status_code == 302
    assert not any("CADSS" in s for s in procedures.discharge_stops(person, 1))
    rows = [r for r in lock._ratings({person.code}) if r[0] == person.code and "cadss" in r[4]]
    assert all(float(r[-1]) > 0 for r in rows)


def test_an_event_sent_twice_is_one_event_and_two_are_two(lite: World) -> None:
    person = lite.started()
    web = client(lite, Role.SESSION_RATER)
    path = f"/p/{person.code}/1/unscheduled/adverse-events/"
    sent = {**hidden(web.get(path)), "occurred": local(), **{f"q-{k}": v for k, v in EVENT.items()}}
    first, second = web.post(path, sent), web.post(path, sent)
    assert first["Location"] == second["Location"]
    assert Entry.objects.filter(form="adverse-events").count() == 1
    assert fill(web, path, EVENT).status_code == 302
    assert Entry.objects.filter(form="adverse-events").count() == 2

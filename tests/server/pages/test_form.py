"""The visit form: saved, corrected, in conflict, left out, too late; nothing typed is ever lost."""

import json

import pytest

from crossblock.server.record.models import Draft, Query, Version
from crossblock.server.roles import Role
from crossblock.server.trial.models import Alert
from tests.server.web import client, fill, hidden, local, text_of
from tests.server.world import HAMD17, World


@pytest.fixture
def path(lite: World) -> str:
    return f"/p/{lite.started().code}/1/d1/hamd17/"


def test_a_form_is_saved_and_the_receipt_says_so(lite: World, path: str) -> None:
    web = client(lite, Role.OUTCOME_RATER)
    saved = fill(web, path, HAMD17)
    assert saved.status_code == 302
    receipt = text_of(web.get(saved["Location"]))
    assert "version 1" in receipt
    assert "HAM-D17: 16" in receipt
    assert "Next in this visit" in receipt
    assert Draft.objects.count() == 0


def test_out_of_range_or_unreadable_keeps_what_was_typed(lite: World) -> None:
    person = lite.started()
    web = client(lite, Role.SESSION_RATER)
    path = f"/p/{person.code}/1/infusion/session-vitals/"
    typed = {"minutes": "forty", "systolic": "1200", "diastolic": "80,5", "heart_rate": "70"}
    page = fill(web, path, typed)
    assert page.status_code == 422
    text = text_of(page)
    assert "Write a number from -240 to 1440 min, in digits." in text
    assert "1200 is not possible here: a number from 40 to 300 mmHg." in text
    for value in typed.values():
        assert f'value="{value}"' in page.content.decode()
    assert Version.objects.filter(entry__form="session-vitals").count() == 0
    again = web.get(path)
    assert 'value="forty"' in again.content.decode()
    assert "Your draft is back" in text_of(again)


def test_half_a_form_is_not_saved_silently(lite: World, path: str) -> None:
    web = client(lite, Role.OUTCOME_RATER)
    half = {k: v for k, v in HAMD17.items() if k != "item5"}
    page = fill(web, path, half)
    assert page.status_code == 422
    assert "1 not answered" in text_of(page)
    saved = fill(web, path, half, incomplete="yes")
    assert saved.status_code == 302
    assert "item5" in Query.objects.get().text


def test_earlier_answers_are_hidden_and_a_correction_changes_only_what_is_chosen(
    lite: World, path: str
) -> None:
    web = client(lite, Role.OUTCOME_RATER)
    fill(web, path, {**HAMD17, "item2": 4.0})
    page = web.get(path)
    assert "Earlier answers are hidden" in text_of(page)
    assert " checked" not in page.content.decode()
    refused = fill(web, path, {"item1": 3.0})
    assert refused.status_code == 422
    assert "needs its reason" in text_of(refused)
    fill(web, path, {"item1": 3.0}, reason="heard wrongly")
    newest = Version.objects.filter(entry__form="hamd17").order_by("-number")[0]
    answers = json.loads(newest.content)["answers"]
    assert (answers["item1"], answers["item2"]) == (3.0, 4.0)


def test_a_conflict_shows_both_and_overwrites_nothing(lite: World) -> None:
    person = lite.started()
    web, other = client(lite, Role.SESSION_RATER), client(lite, Role.COORDINATOR)
    path = f"/p/{person.code}/1/infusion/session-vitals/"
    vitals = {"minutes": "40", "systolic": "120", "diastolic": "80", "heart_rate": "70",
              "oxygen": "98", "breathing": "14", "alertness": "5"}  # fmt: skip
    mine = web.get(path)
    assert fill(other, path, {**vitals, "systolic": "131"}).status_code == 302
    typed = {f"q-{k}": v for k, v in vitals.items()}
    page = web.post(path, {**hidden(mine), "occurred": local(), **typed})
    assert page.status_code == 409
    text = text_of(page)
    assert "saved by somebody else while you were typing" in text
    assert "Saved by somebody else meanwhile: 131" in text
    assert 'value="120"' in page.content.decode()
    assert Version.objects.filter(entry__form="session-vitals").count() == 1
    again = web.post(
        path, {**hidden(page), "occurred": local(), **typed, "reason": "read off the device"}
    )
    assert again.status_code == 302


def test_pressing_twice_is_one_version(lite: World, path: str) -> None:
    web = client(lite, Role.OUTCOME_RATER)
    page = web.get(path)
    sent = {**hidden(page), "occurred": local(), **{f"q-{k}": f"{v:g}" for k, v in HAMD17.items()}}
    first, second = web.post(path, sent), web.post(path, sent)
    assert first["Location"] == second["Location"]
    assert Version.objects.filter(entry__form="hamd17").count() == 1


def test_a_suicide_item_leads_to_the_screener_and_an_alert_blocks(lite: World, path: str) -> None:
    web = client(lite, Role.OUTCOME_RATER)
    saved = fill(web, path, {**HAMD17, "item3": 1.0})
    assert saved["Location"].endswith("/1/d1/cssrs-screener/?why=screen")
    page = web.get(saved["Location"])
    assert "before the visit goes on" in text_of(page)
    ideas = {f"item{i}": 1.0 for i in range(1, 5)} | {"item5": 0.0, "item6": 0.0}
    alerted = fill(web, saved["Location"].split("?")[0], ideas)
    alert = Alert.objects.filter(of__startswith="cssrs-screener", action="block")[0]
    assert alerted["Location"] == f"/p/{alert.participant.code}/alert/{alert.pk}/"
    elsewhere = web.get(path.replace("/d1/", "/d3/"))
    assert elsewhere["Location"] == alerted["Location"]
    short = web.post(alerted["Location"], {"text": "ok"})
    assert short.status_code == 422
    done = web.post(alerted["Location"], {"text": "Investigator called, participant stays."})
    assert done.status_code == 302
    assert web.get(path.replace("/d1/", "/d3/")).status_code == 200


def test_drafts_are_kept_as_one_types(lite: World, path: str) -> None:
    web = client(lite, Role.OUTCOME_RATER)
    kept = web.post(f"{path}draft/", {"q-item1": "2", "q-nonsense": "x", "occurred": local()})
    assert "Draft kept" in text_of(kept)
    typed = json.loads(Draft.objects.get().typed)
    assert typed["item1"] == "2"
    assert "nonsense" not in typed
    assert 'value="2" checked' in web.get(path).content.decode()


def test_times_are_local_to_the_site(lite: World, path: str) -> None:
    web = client(lite, Role.OUTCOME_RATER)
    page = fill(web, path, HAMD17, occurred="2026-03-29T02:30")  # skipped by the clock change
    assert page.status_code == 422
    assert "When did it take place?" in text_of(page)
    page = fill(web, path, HAMD17, occurred="2099-01-01T10:00")
    assert "This time has not come yet" in text_of(page).replace("this time", "This time")


def test_versions_are_shown_to_the_monitor_with_what_changed(lite: World, path: str) -> None:
    web = client(lite, Role.OUTCOME_RATER)
    fill(web, path, HAMD17)
    fill(web, path, {"item1": 3.0}, reason="heard wrongly")
    entry = Version.objects.filter(entry__form="hamd17")[0].entry
    page = client(lite, Role.MONITOR).get(f"/p/{entry.participant.code}/entry/{entry.pk}/")
    text = text_of(page)
    assert "Reason: heard wrongly" in text
    assert "item1 1 3" in text
    own = text_of(web.get(f"/p/{entry.participant.code}/entry/{entry.pk}/"))
    assert "hidden from raters" in own
    assert "item1" not in own


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OUTCOME_RATER, 200), (Role.PHARMACIST, 404), (Role.SESSION_RATER, 404),
     (Role.COORDINATOR, 404), (Role.INVESTIGATOR, 404), (Role.MONITOR, 404)],
)  # fmt: skip
def test_three_people_and_more_open_the_form(
    lite: World, path: str, role: Role, status: int
) -> None:
    assert client(lite, role).get(path).status_code == status
    assert client(lite, role, "b").get(path).status_code == 404

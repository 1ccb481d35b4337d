"""Steps through the pages: what stops, what was typed, what comes twice."""

from datetime import UTC, datetime, timedelta

from crossblock.server.record.models import Version
from crossblock.server.roles import Role
from crossblock.server.trial import kits
from crossblock.server.trial.models import Allocation, Deviation
from crossblock.server.trial.state import standing
from tests.server.web import client, fill, local, text_of
from tests.server.world import GATE, SCREENING, World


def test_screening_keeps_what_was_typed(lite: World) -> None:
    web = client(lite, Role.COORDINATOR)
    code = web.post("/participants/", {"site": "a", "key": "k"})["Location"].split("/")[2]
    page = fill(web, f"/p/{code}/screening/", {**SCREENING, "age": "forty-two"})
    assert page.status_code == 422
    assert 'value="forty-two"' in page.content.decode()
    assert Version.objects.count() == 0
    assert fill(web, f"/p/{code}/screening/", SCREENING).status_code == 302


def test_a_shut_gate_says_stop_and_opens_later(lite: World) -> None:
    person = lite.consented()
    web = client(lite, Role.COORDINATOR)
    path = f"/p/{person.code}/gate/1/"
    where = fill(web, path, {**GATE, "agonist": "yes"})["Location"]
    text = text_of(web.get(where))
    assert "Do not hand out the kit" in text
    assert "precipitate withdrawal" in text
    assert fill(web, path, GATE).status_code == 422
    assert fill(web, path, GATE, reason="a week later")["Location"] == f"/p/{person.code}/"
    assert ("gated", 1) in standing(person, 2).done
    assert web.get(f"/p/{person.code}/gate/3/").status_code == 404


def test_randomizing_twice_is_once(lite: World) -> None:
    person = lite.gated()
    web = client(lite, Role.COORDINATOR)
    path = f"/p/{person.code}/randomize/"
    assert "Kit stock: ok" in text_of(web.get(path))
    for _ in range(3):
        assert web.post(path)["Location"] == f"/p/{person.code}/receipt/"
    assert Allocation.objects.count() == 1
    early = client(lite, Role.COORDINATOR).post(f"/p/{lite.consented().code}/randomize/")
    assert early.status_code == 409
    assert "next comes the gate" in text_of(early)


def test_kits_and_periods(lite: World) -> None:
    person = lite.randomized()
    web = client(lite, Role.COORDINATOR)
    path = f"/p/{person.code}/kit/1/"
    wrong = web.post(path, {"kit": kits.kit_of(person, 2)})
    assert wrong.status_code == 422
    assert "not the kit of this participant" in text_of(wrong)
    web.post(path, {"what": "replace", "reason": "dropped on the floor"})
    assert Deviation.objects.get().kind == "kit replaced"
    assert web.post(path, {"kit": kits.kit_of(person, 1)}).status_code == 302
    start = f"/p/{person.code}/start/1/"
    assert web.post(start, {"occurred": "noon"}).status_code == 422
    future = local(datetime.now(UTC) + timedelta(days=1))
    assert "not come yet" in text_of(web.post(start, {"occurred": future}))
    assert web.post(start, {"occurred": local(datetime.now(UTC))}).status_code == 302
    stay = web.post(f"/p/{person.code}/discharge/1/", {})
    assert "not rated yet" in text_of(stay)
    assert client(lite, Role.OUTCOME_RATER).get(start).status_code == 404


def test_leaving(lite: World) -> None:
    person = lite.started()
    web = client(lite, Role.COORDINATOR)
    path = f"/p/{person.code}/leave/"
    assert "What was written stays" in text_of(web.get(path))
    refused = web.post(path, {"reason": ""})
    assert refused.status_code == 422
    assert "say in a few words why" in text_of(refused)
    assert web.post(path, {"reason": "moved"}).status_code == 302
    assert standing(person, 2).words == "withdrawn"


def test_a_wrong_kit_is_noted_by_who_hands_kits_out(lite: World) -> None:
    person, other = lite.randomized(), lite.randomized()
    path, wrong = f"/p/{person.code}/kit/1/wrong/", kits.kit_of(other, 1)
    for role in (Role.INVESTIGATOR, Role.MONITOR, Role.OUTCOME_RATER):
        assert client(lite, role).get(path).status_code == 404
    web = client(lite, Role.PHARMACIST)
    assert path in client(lite, Role.COORDINATOR).get(f"/p/{person.code}/").content.decode()
    empty = web.post(path, {"kit": wrong, "reason": ""})
    assert empty.status_code == 422
    assert f'value="{wrong}"' in empty.content.decode()
    assert web.post(path, {"kit": "2222-2222", "reason": "mixed up"}).status_code == 422
    done = web.post(path, {"kit": wrong, "reason": "labels mixed up, investigator told"})
    assert done.status_code == 302
    assert wrong in Deviation.objects.get(kind="wrong kit").text
    given = client(lite, Role.COORDINATOR).post(f"/p/{other.code}/kit/1/", {"kit": wrong})
    assert "it is given wrongly" in text_of(given)

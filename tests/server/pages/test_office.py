"""The office: audit trail, people, stock, amendments, sealed results, jobs, rollback, lock."""

import re

from crossblock.load.sealed import new_key, seal
from crossblock.server import study
from crossblock.server.pages import office
from crossblock.server.record import door, witness
from crossblock.server.record.models import Event, Review
from crossblock.server.roles import Role, Thing
from crossblock.server.trial import kits, procedures
from crossblock.server.trial.models import Lock, Opening
from tests.server.pages.test_access import content_file
from tests.server.web import client, text_of
from tests.server.world import PASSWORD, World


def test_the_audit_trail_is_filtered_verified_and_signed_off(lite: World) -> None:
    person = lite.started()
    other = lite.consented("b")
    web = client(lite, Role.MONITOR)
    page = text_of(web.get(f"/audit/?participant={person.code}"))
    assert "kit.dispense" in page
    assert other.code not in page
    page = text_of(web.get("/audit/?action=randomize"))
    assert "kit.dispense" not in page
    assert "The chain is sound" in text_of(web.post("/audit/check/"))
    web.post("/audit/", {"note": "monthly review"})
    assert Review.objects.get().note == "monthly review"
    assert "Monitor has read up to event" in text_of(web.get("/audit/"))


def test_the_trail_goes_on_over_pages(lite: World) -> None:
    for _ in range(25):
        lite.consented()
    web = client(lite, Role.MONITOR)
    first = web.get("/audit/").content.decode()
    last = Event.objects.latest("seq").seq
    assert f">{last}<" in first
    assert f"before={last - office.ROWS + 1}" in first
    assert (
        f">{last - office.ROWS}<"
        in web.get(f"/audit/?before={last - office.ROWS + 1}").content.decode()
    )


def test_a_fact_of_any_name_is_shown(lite: World) -> None:
    """In a template a key named "items" stands before the method of that name."""
    with door.writing(lite.actor(Role.MONITOR), "audit.review", Thing.AUDIT) as entry:
        entry.say(items=["item12"], keys=1)
    trail = client(lite, Role.MONITOR).get("/audit/")
    assert trail.status_code == 200
    assert "items: ['item12']; keys: 1" in text_of(trail)


def test_stock_is_the_pharmacists(lite: World) -> None:
    kit = kits.kit_of(lite.randomized(), 1)
    web = client(lite, Role.PHARMACIST)
    wrong = web.post("/stock/", {"kit": kit[:-1] + "Z", "what": "received"})
    assert wrong.status_code == 422
    assert "this is no kit id" in text_of(wrong)
    assert web.post("/stock/", {"kit": kit, "what": "quarantined"}).status_code == 302
    assert "received 3 quarantined 1" in text_of(web.get("/stock/"))


def test_an_amendment_through_the_pages(lite: World) -> None:
    text = (lite.folder / "protocol.toml").read_text()
    sponsor, investigator = client(lite, Role.SPONSOR), client(lite, Role.INVESTIGATOR)
    bad = sponsor.post("/amendments/", {"what": "enter", "text": "schema: yaml", "note": "x"})
    assert bad.status_code == 422
    assert "looks like YAML" in text_of(bad)
    changed = text.replace('"30 d"', '"40 d"', 1)
    sponsor.post("/amendments/", {"what": "enter", "text": changed, "note": "longer"})
    row = Opening.objects.latest("seq")
    sent = {"what": "activate", "number": str(row.pk), "site": "a"}
    assert "second person" in text_of(sponsor.post("/amendments/", sent))
    assert investigator.post("/amendments/", sent).status_code == 302
    assert "Site A: " + row.protocol_sha256[:16] in text_of(investigator.get("/amendments/"))


def test_a_sealed_result_is_listed_for_three_and_given_to_one(lite: World) -> None:
    content = seal("look", [new_key()[1]])
    web = client(lite, Role.STATISTICIAN)
    answer = web.post("/sealed/", {"name": "look 1", "file": content_file(content, "l.age")})
    assert answer.status_code == 302
    assert "look 1" in text_of(client(lite, Role.MONITOR).get("/sealed/"))
    assert web.get("/sealed/1/").content == content
    assert client(lite, Role.MONITOR).get("/sealed/1/").status_code == 404


def test_a_rollback_is_cleared_by_two(lite: World) -> None:
    witness.note(study.current(), 99_999, "0" * 64)
    monitor, investigator = client(lite, Role.MONITOR), client(lite, Role.INVESTIGATOR)
    assert "Randomization is locked" in text_of(monitor.get("/rollback/"))
    assert "Randomization is locked" in text_of(monitor.get("/audit/"))
    sent = {"note": "compared with printed receipts", "password": PASSWORD}
    assert monitor.post("/rollback/", {**sent, "password": "no"}).status_code == 422
    assert monitor.post("/rollback/", sent).status_code == 302
    assert "Randomization is locked" in text_of(monitor.get("/rollback/"))
    investigator.post("/rollback/", sent)
    assert "stands where the witness saw it" in text_of(monitor.get("/rollback/"))


def test_the_lock_through_the_pages(lite: World) -> None:
    person = lite.gated()
    web = client(lite, Role.MONITOR)
    assert "1 participants have neither completed nor left" in text_of(web.get("/lock/"))
    procedures.withdraw(lite.actor(Role.COORDINATOR), person, "moved")
    assert web.post("/lock/", {"password": "wrong"}).status_code == 422
    assert web.post("/lock/", {"password": PASSWORD, "note": "all done"}).status_code == 302
    assert Lock.objects.get().note == "all done"
    page = text_of(client(lite, Role.COORDINATOR).get("/participants/"))
    assert "The study is locked" in page
    late = client(lite, Role.COORDINATOR).post("/participants/", {"site": "a", "key": "z"})
    assert late.status_code == 409
    assert "The study is locked" in text_of(late)


def test_jobs_are_asked_for_by_kind(lite: World) -> None:
    web = client(lite, Role.MONITOR)
    web.post("/jobs/", {"kind": "verify"})
    web.post("/jobs/", {"kind": "rm -rf"})
    page = text_of(web.get("/jobs/"))
    assert "verify" in page
    assert "rm -rf" not in page
    assert web.get("/jobs/1/file/").status_code == 404


def test_the_trail_is_paged_and_signed_off_above_it(lite: World) -> None:
    web = client(lite, Role.MONITOR)
    page = web.get("/audit/")
    text = text_of(page)
    assert text.index("I have read the trail") < text.index("No. When Who")
    assert page.content.decode().count('<tr><th scope="row">') == office.ROWS
    first = int(re.findall(r'<tr><th scope="row">(\d+)', page.content.decode())[-1])
    earlier = web.get(f"/audit/?before={first}")
    assert f'<tr><th scope="row">{first - 1}</th>' in earlier.content.decode()
    assert "Newest events" in text_of(earlier)
    assert "Newest events" not in text
    assert "Sponsor 1 person-" in text_of(web.get("/audit/?actor=sponsor-1@"))
    assert "Nothing found" in text_of(web.get("/audit/?actor=nobody-of-that-name"))

"""Overviews never go by condition, and each shows only what its reader may see."""

from itertools import pairwise

from django.test import Client

from crossblock.server.accounts import people
from crossblock.server.accounts.models import Person
from crossblock.server.roles import Role
from crossblock.server.trial import kits, procedures
from tests.server.web import client, fill, text_of
from tests.server.world import DAY, PASSWORD, World


def test_the_schedule_is_the_protocols(lite: World) -> None:
    text = text_of(client(lite, Role.OUTCOME_RATER).get("/schedule/"))
    for words in ("Day 14", "HAM-D17", "Session vitals", "Blinding guess", "naltrexone intake"):
        assert words in text
    assert "safety.harm_limit = 2 (assumed)" in text


def test_the_flow_counts_everybody_once(lite: World) -> None:
    person = lite.started()
    procedures.withdraw(lite.actor(Role.COORDINATOR), person, "moved")
    lite.gated()
    failed = lite.gated()
    procedures.screen_failure(lite.actor(Role.COORDINATOR), failed, "changed mind")
    found = client(lite, Role.SPONSOR).get("/flow/")
    text = text_of(found)
    stages = found.context["stages"]
    for here, after in pairwise(stages):  # who came so far left, is there, or came further
        assert here["n"] == after["n"] + sum(n for _, n in here["out"]), here
    for words in ("3 Registered", "3 Consented", "1 screening failed", "1 not yet randomized",
                  "1 Randomized", "1 Began period 1", "1 left in period 1", "0 Finished period 1",
                  "0 Completed"):  # fmt: skip
        assert words in text, (words, text)
    for word in (*lite.protocol.sequence_ids, "Placebo", "Naltrexone"):
        assert word not in text


def test_completeness_and_deviations(lite: World) -> None:
    person = lite.started(ago=4 * DAY)
    lite.rate(person)
    kits.given_wrongly(
        lite.actor(Role.COORDINATOR), person, 1, kits.kit_of(person, 2), "placebo label torn"
    )
    text = text_of(client(lite, Role.COORDINATOR).get("/completeness/"))
    assert "1 of" in text
    assert "(kept for the monitor" in text_of(client(lite, Role.COORDINATOR).get("/deviations/"))
    assert "placebo label torn" in text_of(client(lite, Role.MONITOR).get("/deviations/"))


def test_everybody_may_read_the_table(lite: World) -> None:
    text = text_of(client(lite, Role.OUTCOME_RATER).get("/visibility/"))
    assert "code break" in text
    assert "outcome ratings" in text


def test_a_participants_own_page(lite: World) -> None:
    person = lite.started()
    sponsors = [people.actor_of(Person.objects.get(email=f"sponsor-{n}@example.org"))
                for n in (1, 2)]  # fmt: skip
    own = people.invite(sponsors[0], "me@example.org", "Me", PASSWORD, person.code)
    people.give(sponsors[1], people.ask(sponsors[0], own, Role.PARTICIPANT, "a", "own"))
    web = Client()
    web.force_login(own)
    assert web.get("/")["Location"] == "/me/"
    page = text_of(web.get("/me/"))
    assert "Nobody watches your answers as you send them" in page
    craving = f"/p/{person.code}/1/d1/ketamine-craving/"
    receipt = text_of(web.get(fill(web, craving, {"vas": "20"})["Location"]))
    assert "version 1" in receipt
    assert "20" not in receipt.split("Checksum")[0].split("version 1")[1]
    assert "stored" in text_of(web.get("/me/"))
    other = lite.started()
    for path in (f"/p/{other.code}/1/d1/ketamine-craving/", f"/p/{person.code}/1/d1/hamd17/",
                 f"/p/{other.code}/", "/participants/", "/audit/"):  # fmt: skip
        assert web.get(path).status_code == 404, path

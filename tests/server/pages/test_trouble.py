"""Trouble is said in sentences, and never says what lies behind it."""

from django.test import Client, RequestFactory

from crossblock.server.pages import trouble
from crossblock.server.roles import Role
from tests.server.web import client, text_of
from tests.server.world import World


def test_not_found_is_the_same_for_everybody(lite: World) -> None:
    pages = {client(lite, r).get("/nowhere/").content for r in (Role.MONITOR, Role.COORDINATOR)}
    pages.add(Client().get("/nowhere/").content)
    assert len(pages) == 1


def test_each_kind_has_its_status(lite: World) -> None:
    request = RequestFactory().get("/x/")
    request.actor = None
    pages = {400: trouble.bad_request, 403: trouble.csrf, 404: trouble.not_found,
             500: trouble.failed, 503: trouble.no_database}  # fmt: skip
    for status, page in pages.items():
        answer = page(request)
        assert answer.status_code == status
        assert "<h1>" in answer.content.decode()


def test_a_refusal_says_what_why_and_what_to_do(lite: World) -> None:
    person = lite.consented()
    answer = client(lite, Role.COORDINATOR).post(f"/p/{person.code}/randomize/")
    assert answer.status_code == 409
    text = text_of(answer)
    assert "Why: steps follow the protocol's order" in text
    assert "Do: next comes the gate" in text


def test_a_reload_of_what_a_button_does_is_a_page_with_a_way_back(lite: World) -> None:
    web = client(lite, Role.MONITOR)
    assert web.post("/audit/check/").status_code == 200
    page = web.get("/audit/check/")
    assert page.status_code == 405
    assert page["Allow"] == "POST"
    assert "reached by the button" in text_of(page)
    assert 'href="/audit/"' in page.content.decode()

"""Every address: who opens it, who gets 404, who is sent to the login; attacks on the doors."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import get_resolver

from crossblock.server.accounts.models import Grant, GrantRequest, Person
from crossblock.server.record.models import Event, Participant
from crossblock.server.roles import TABLE, Role, Thing
from tests.server.web import client, text_of
from tests.server.world import PASSWORD, World

ROUTES = [p for p in get_resolver().url_patterns if not str(p.pattern).startswith("accounts")]
PLAIN = {
    "/participants/": Thing.PARTICIPANTS, "/queries/": Thing.QUERIES, "/safety/": Thing.SAFETY,
    "/harm/": Thing.HARM, "/unblindings/": Thing.UNBLINDING, "/schedule/": Thing.SCHEDULE,
    "/flow/": Thing.FLOW, "/completeness/": Thing.COMPLETENESS, "/deviations/": Thing.DEVIATIONS,
    "/audit/": Thing.AUDIT, "/rollback/": Thing.RECONCILE, "/people/": Thing.PEOPLE,
    "/stock/": Thing.STOCK, "/amendments/": Thing.AMEND, "/sealed/": Thing.SEALED,
    "/jobs/": Thing.JOBS, "/lock/": Thing.LOCK,
}  # fmt: skip


def test_every_view_of_the_trial_states_its_access() -> None:
    views = [p.callback for p in ROUTES if hasattr(p, "callback")]
    assert len(views) > 40
    missing = [
        v.__name__ for v in views if not hasattr(v, "access") and "clinic" not in v.__module__
    ]
    assert missing == []


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.PARTICIPANT])
def test_the_table_is_what_the_pages_go_by(lite: World, role: Role) -> None:
    web = client(lite, role)
    for path, thing in PLAIN.items():
        expected = 200 if role in TABLE[thing] else 404
        assert web.get(path).status_code == expected, (path, role)


def test_strangers_are_sent_to_the_login_and_learn_nothing(lite: World) -> None:
    person = lite.started()
    web = Client()
    for path in [*PLAIN, "/", "/me/", f"/p/{person.code}/", "/p/A-999/", "/visibility/"]:
        answer = web.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/accounts/login/?next=")
    assert web.get("/health/").content == b"well\n"


def test_another_site_or_nobody_is_the_same_404_and_is_noted(lite: World) -> None:
    person = lite.started("b")
    web = client(lite, Role.COORDINATOR, "a")
    other, nobody = web.get(f"/p/{person.code}/"), web.get("/p/B-999/")
    assert (other.status_code, nobody.status_code) == (404, 404)
    assert other.content == nobody.content
    assert Event.objects.filter(action="page.refused").count() == 2


def test_ids_of_another_participant_do_not_open(lite: World) -> None:
    """Entry, version and alert numbers belong to their participant (IDOR)."""
    mine, theirs = lite.started("a"), lite.started("b")
    saved = lite.rate(theirs, answers=None)
    web = client(lite, Role.MONITOR)
    entry = saved.version.entry_id
    assert web.get(f"/p/{theirs.code}/entry/{entry}/").status_code == 200
    assert web.get(f"/p/{mine.code}/entry/{entry}/").status_code == 404
    rater = client(lite, Role.OUTCOME_RATER, "a")
    assert rater.get(f"/p/{theirs.code}/saved/{saved.version.pk}/").status_code == 404


def test_an_ended_role_ends_at_once(lite: World) -> None:
    web = client(lite, Role.MONITOR)
    assert web.get("/audit/").status_code == 200
    sponsor = client(lite, Role.SPONSOR)
    grant = Grant.objects.get(request__person=lite.person(Role.MONITOR))
    sponsor.post("/people/", {"what": "end", "number": str(grant.pk), "reason": "left"})
    assert web.get("/audit/").status_code == 404


def test_a_role_cannot_be_taken_by_hidden_fields(lite: World) -> None:
    web = client(lite, Role.COORDINATOR)
    me = lite.person(Role.COORDINATOR)
    sent = {"what": "ask", "number": str(me.pk), "role": "sponsor", "reason": "x", "is_staff": "1"}
    assert web.post("/people/", sent).status_code == 404
    web.post("/participants/", {"site": "a", "key": "k", "role": "sponsor", "number": "77"})
    assert Participant.objects.get().number == 1
    assert web.patch("/participants/", sent).status_code == 405
    assert web.post("/participants/", {"site": "b", "key": "z"}).status_code == 404
    assert not GrantRequest.objects.filter(person=me, role="sponsor").exists()


def test_a_role_is_given_by_a_second_person(lite: World) -> None:
    web = client(lite, Role.SPONSOR)
    person = Person.objects.create_user("new@example.org", "New", PASSWORD)
    sent = {"what": "ask", "number": str(person.pk), "role": "coordinator", "site": "a"}
    assert web.post("/people/", {**sent, "reason": "new here"}).status_code == 302
    row = GrantRequest.objects.get(person=person)
    refused = web.post("/people/", {"what": "give", "number": str(row.pk)})
    assert refused.status_code == 422
    assert "given by a second person" in text_of(refused)
    second = Client()
    second.force_login(Person.objects.get(email="sponsor-2@example.org"))
    assert second.post("/people/", {"what": "give", "number": str(row.pk)}).status_code == 302


def test_forged_forms_are_refused(lite: World) -> None:
    web = client(lite, Role.COORDINATOR, csrf=True)
    answer = web.post("/participants/", {"site": "a", "key": "k"}, HTTP_HX_REQUEST="true")
    assert answer.status_code == 403
    assert "the draft of a visit form was kept" in text_of(answer)
    stranger = Client(enforce_csrf_checks=True)
    login = {"login": "x@example.org", "password": "x"}
    assert stranger.post("/accounts/login/", login).status_code == 403
    assert Participant.objects.count() == 0


def test_an_htmx_header_changes_no_right(lite: World) -> None:
    web = client(lite, Role.OUTCOME_RATER)
    assert web.get("/audit/", HTTP_HX_REQUEST="true").status_code == 404
    assert web.get("/audit/", HTTP_X_HTTP_METHOD_OVERRIDE="POST").status_code == 404


def test_login_rotates_the_session_and_logout_kills_it(lite: World) -> None:
    web = Client()
    web.get("/accounts/login/")
    before = web.cookies.get(settings.SESSION_COOKIE_NAME)
    sent = {"login": "coordinator-a@example.org", "password": PASSWORD}
    assert web.post("/accounts/login/", sent).status_code == 302
    cookie = web.cookies[settings.SESSION_COOKIE_NAME]
    assert before is None or before.value != cookie.value
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = cookie.value
    assert stolen.get("/participants/").status_code == 200
    web.post("/accounts/logout/")
    assert stolen.get("/participants/").status_code == 302
    actions = list(Event.objects.values_list("action", flat=True))
    assert actions[-2:] == ["login", "logout"]


def _login(web: Client, name: str, word: str) -> Any:
    return web.post("/accounts/login/", {"login": name, "password": word})


def test_guessing_tells_nothing_and_is_limited(lite: World) -> None:
    known = _login(Client(), "coordinator-a@example.org", "wrong")
    unknown = _login(Client(), "nobody@example.org", "wrong")
    tokens = r'value="[^"]{20,}"|value="[^"]*@example.org"'
    assert re.sub(tokens, "", known.content.decode()) == re.sub(
        tokens, "", unknown.content.decode()
    )
    web = Client()
    for _ in range(12):
        last = _login(web, "coordinator-a@example.org", "wrong")
    assert "Too many" in text_of(last) or last.status_code == 429
    right = _login(Client(), "coordinator-a@example.org", PASSWORD)
    assert right.status_code != 302
    assert Event.objects.filter(action="login.refused").count() >= 5


def test_nobody_signs_up_or_resets_by_mail(lite: World) -> None:
    web = Client()
    sent = {"email": "a@example.org", "password1": PASSWORD, "password2": PASSWORD}
    web.post("/accounts/signup/", sent)
    assert not Person.objects.filter(email="a@example.org").exists()
    texts = {
        text_of(web.post("/accounts/password/reset/", {"email": name}, follow=True))
        for name in ("coordinator-a@example.org", "nobody@example.org")
    }
    assert len(texts) == 1


def test_sessions_end_after_a_quarter_of_an_hour(
    lite: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = client(lite, Role.COORDINATOR)
    assert web.get("/participants/").status_code == 200
    now = web.session["seen"]
    monkeypatch.setattr("crossblock.server.guard.time.time", lambda: now + 14 * 60)
    assert web.get("/participants/").status_code == 200
    monkeypatch.setattr("crossblock.server.guard.time.time", lambda: now + 30 * 60)
    assert web.get("/participants/").status_code == 302


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7777*7}}", "'; DROP"]
)
def test_what_is_typed_is_shown_as_text(lite: World, text: str) -> None:
    person = lite.gated()
    web = client(lite, Role.COORDINATOR)
    page = web.post(f"/p/{person.code}/leave/", {"reason": text})
    assert page.status_code == 302
    for role, path in ((Role.MONITOR, "/audit/"), (Role.COORDINATOR, f"/p/{person.code}/")):
        shown = client(lite, role).get(path).content.decode()
        assert text not in shown or text in {"{{7777*7}}", "'; DROP"}
        assert "54439" not in shown or text != "{{7777*7}}"


def test_policy_forbids_inline_scripts_and_pages_have_none(lite: World) -> None:
    person = lite.started()
    pages = ["/", f"/p/{person.code}/", "/schedule/", "/accounts/login/", "/accounts/2fa/"]
    web = client(lite, Role.COORDINATOR)
    for path in pages:
        answer = web.get(path, follow=True)
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        html = answer.content.decode()
        assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))", html), path
        assert not re.search(r"\son\w+=|<style|\sstyle=|javascript:|https?://(?!www.w3.org)", html)
        assert answer["Cache-Control"] == "no-store" or "no-store" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "query",
    ["participant='+OR+1=1--", "actor=%00", "action=%F0%9F%92%A9", "before=-1", "before=1e9",
     "before=99999999999999999999", "participant[]=x", "order_by=body", "actor__password=x"],
)  # fmt: skip
def test_odd_filters_are_harmless(lite: World, query: str) -> None:
    assert client(lite, Role.MONITOR).get(f"/audit/?{query}").status_code == 200


def test_floods_of_fields_and_bytes_are_refused(lite: World) -> None:
    web = client(lite, Role.COORDINATOR)
    many = {f"f{i}": "1" for i in range(600)}
    assert web.post("/participants/", many).status_code == 400
    big = {"key": "x" * (2 << 20)}
    assert web.post("/participants/", big).status_code in {400, 413}


def test_upload_of_anything_but_a_sealed_file_is_refused(lite: World) -> None:
    from_outside = [b"PK\x03\x04zip", b"open result: blocked wins", b"", b"age-encryption.org/v2"]
    web = client(lite, Role.STATISTICIAN)
    for content in from_outside:
        file = content_file(content, "../../etc/x.age")
        answer = web.post("/sealed/", {"name": "look", "file": file})
        assert answer.status_code == 422
        assert "not a sealed result" in text_of(answer)


def content_file(content: bytes, name: str) -> Any:
    found = ContentFile(content, name)
    found.name = name
    return found

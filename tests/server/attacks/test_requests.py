"""Requests that nobody's browser would send: forged, replayed, injected, redirected, guessed."""

from __future__ import annotations

import html
import logging
import re
import time
import zipfile
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.files.base import ContentFile
from django.test import Client

from crossblock.load.bundle import table_csv, table_rows
from crossblock.server import addresses, clock, study
from crossblock.server.accounts.models import Grant, GrantRequest, Person
from crossblock.server.accounts.people import actor_of, ask, end, give, in_force
from crossblock.server.jobs import kinds, work
from crossblock.server.jobs.models import Job
from crossblock.server.record.models import Event, Participant, Query, Version
from crossblock.server.record.sheet import Question, of_instrument, read
from crossblock.server.roles import BLINDED, RefusedError, Role
from crossblock.server.trial import lock, sealed, unblinding
from crossblock.server.trial.models import CodeBreak, SealedResult
from tests.server.attacks.test_typed import every_form, filled
from tests.server.web import client, fill, text_of
from tests.server.world import PASSWORD, World

LOGIN = "/accounts/login/"
AGE = b"age-encryption.org/v1\n-> X25519 a\nb\n--- c\nsealed"


def sign_in(web: Client, name: str, word: str, **more: Any) -> Any:
    return web.post(LOGIN, {"login": name, "password": word, **more})


# ---- sessions -------------------------------------------------------------------------------


def test_a_session_that_an_attacker_fixed_is_not_the_one_after_login(lite: World) -> None:
    web = Client()
    web.cookies[settings.SESSION_COOKIE_NAME] = "attackers-own-session-id"
    assert sign_in(web, "coordinator-a@example.org", PASSWORD).status_code == 302
    cookie = web.cookies[settings.SESSION_COOKIE_NAME].value
    assert cookie != "attackers-own-session-id"
    attacker = Client()
    attacker.cookies[settings.SESSION_COOKIE_NAME] = "attackers-own-session-id"
    assert attacker.get("/participants/").status_code == 302


def test_a_revoked_account_is_out_with_its_live_session(lite: World) -> None:
    web, person = client(lite, Role.COORDINATOR), lite.person(Role.COORDINATOR)
    assert web.get("/participants/").status_code == 200
    person.is_active = False
    person.save(update_fields=("is_active",))
    assert web.get("/participants/").status_code == 302
    again = Client()
    sign_in(again, person.email, PASSWORD)
    assert again.get("/participants/")["Location"].startswith(LOGIN)


def test_a_new_password_ends_every_other_session(lite: World) -> None:
    web, person = client(lite, Role.COORDINATOR), lite.person(Role.COORDINATOR)
    person.set_password("another long passphrase")
    person.save()
    assert web.get("/participants/").status_code == 302


def test_a_role_that_changes_within_a_session_counts_from_the_next_request(lite: World) -> None:
    """From monitor to nothing to statistician: each request goes by the grants of that moment."""
    web, person = client(lite, Role.MONITOR), lite.person(Role.MONITOR)
    first = lite.actor(Role.SPONSOR)
    second = actor_of(Person.objects.get(email="sponsor-2@example.org"))
    assert web.get("/audit/").status_code == 200
    end(first, in_force(person).get(), "changes work")
    assert web.get("/audit/").status_code == 404
    assert web.post("/lock/", {"password": PASSWORD}).status_code == 404
    give(second, ask(first, person, Role.STATISTICIAN, "", "new work"))
    assert web.get("/sealed/").status_code == 200
    assert web.get("/audit/").status_code == 404
    with pytest.raises(RefusedError, match="cannot hold both roles"):
        ask(first, person, Role.OUTCOME_RATER, "a", "and back")


# ---- guessing -------------------------------------------------------------------------------


def test_an_unknown_address_takes_as_much_hashing_as_a_known_one(lite: World) -> None:
    """The time of a login is that of the password hash; both ways hash once."""
    counts = []
    for name in ("coordinator-a@example.org", "nobody@example.org"):
        hashed = mock.Mock(side_effect=MD5PasswordHasher().encode)
        with mock.patch.object(MD5PasswordHasher, "encode", hashed):
            sign_in(Client(), name, "a wrong word")
        counts.append(hashed.call_count)
    assert counts[0] == counts[1] == 1


def test_re_authentication_is_limited_and_its_limit_is_not_of_the_session(lite: World) -> None:
    person = lite.started()
    path = f"/p/{person.code}/break/"
    sent = {"kind": "emergency", "reason": "a severe reaction at night", "password": "wrong"}
    for _ in range(6):
        last = client(lite, Role.INVESTIGATOR).post(path, sent)  # a new session each time
    assert "too many wrong passwords" in text_of(last)
    right = client(lite, Role.INVESTIGATOR).post(path, {**sent, "password": PASSWORD})
    assert right.status_code == 422
    assert not CodeBreak.objects.exists()


# ---- forged and replayed ----------------------------------------------------------------------


def test_no_form_is_taken_without_its_token(lite: World) -> None:
    person = filled(lite)
    browsers = [client(lite, r, csrf=True) for r in (Role.COORDINATOR, Role.INVESTIGATOR)]
    before = Event.objects.count()
    for web, header in zip(browsers, ({}, {"HTTP_HX_REQUEST": "true"}), strict=True):
        for found in addresses.every(person):
            if "POST" in found.methods:
                status = web.post(found.path, {"reason": "forged"}, **header).status_code
                assert status == 403, (found.path, status)
    assert Event.objects.count() == before


def test_a_replayed_post_is_one_act(lite: World) -> None:
    person = lite.started()
    web, path = client(lite, Role.OUTCOME_RATER), f"/p/{person.code}/1/d1/hamd17/"
    answers = {f"item{i}": 1.0 for i in range(1, 18)}
    fill(web, path, answers, key="one-key")
    events = Event.objects.count()
    for _ in range(3):
        again = fill(web, path, answers, key="one-key", base="0")
        assert again.status_code == 302
    assert Version.objects.filter(entry__form="hamd17").count() == 1
    assert Event.objects.count() == events


def test_ids_that_are_no_ids_are_not_found(lite: World) -> None:
    person = filled(lite)
    web = client(lite, Role.MONITOR)
    for odd in (
        "0",
        "-1",
        "99999999999999999999",
        "1e3",
        "%00",
        "..%2f..",
        "1;DROP",
        "٣",
        "1/../2",
    ):
        for pattern in ("/p/{c}/entry/{}/", "/queries/{}/", "/jobs/{}/file/", "/p/{}/",
                        "/p/{c}/{}/d1/hamd17/", "/sealed/{}/"):  # fmt: skip
            path = pattern.replace("{c}", person.code).replace("{}", odd)
            assert web.get(path).status_code in {400, 404}, path


def test_odd_keys_in_any_query_string_are_harmless(lite: World) -> None:
    person = filled(lite)
    odd = ("?page='+OR+1=1--&before=x", "?participant__site=a&order_by=body&actor__password=x",
           "?page=%00&participant=%ff%fe&next=//evil.example",
           "?page=99999999999999999999")  # fmt: skip
    web = client(lite, Role.MONITOR)
    for found in addresses.every(person):
        if found.path.startswith("/accounts/") or "GET" not in found.methods:
            continue
        plain = web.get(found.path).status_code
        for query in odd[: 4 if not found.code else 1]:
            assert web.get(found.path + query).status_code == plain, (found.path, query)


# ---- injected -------------------------------------------------------------------------------


def test_script_typed_into_any_form_is_text_on_every_page(lite: World) -> None:
    """Stored first, through every form that takes it; then every page of every role is read."""
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7777*7}}'
    for _, web, path, form in list(every_form(lite)):
        web.post(path, {**form.fields, **dict.fromkeys(form.typed, evil)})
    stored = "".join(e.body for e in Event.objects.all())
    assert "<script>alert(1)" in stored  # somebody's form did take it
    shown = 0
    for role in (Role.COORDINATOR, Role.INVESTIGATOR, Role.MONITOR, Role.SPONSOR):
        web = client(lite, role)
        for person in Participant.objects.order_by("pk")[:2]:
            for found in addresses.every(person):
                if found.path.startswith("/accounts/") or found.name in {"form", "draft"}:
                    continue
                page = web.get(found.path).content.decode(errors="replace")
                assert "<script>alert" not in page, found.path
                assert "onerror=alert(2)>" not in page.replace("&gt;", ""), found.path
                assert "54439" not in page, found.path
                shown += "<script>alert(1)" in html.unescape(page)
    assert shown >= 3


def test_formulas_in_an_export_stay_text(lite: World) -> None:
    person = lite.gated()
    for start in ("=1+1", "+1", "@SUM(A1)", "\t=1", "＝cmd", "-2+3"):
        text = f"{start}|' /C calc'!A0"
        web = client(lite, Role.COORDINATOR)
        web.post(f"/p/{person.code}/leave/", {"reason": text})
        rows = table_csv((("who", "why"), (person.code, text), ("A-002", "-3")))
        cell = rows.decode().splitlines()[1].split(",")[1].strip('"')
        assert cell.startswith("'"), cell
        assert table_rows(rows)[1][1] == text
        assert rows.decode().splitlines()[2] == "A-002,-3"
    exported = lock.tables()
    assert all(isinstance(c, str) for rows in exported.values() for row in rows for c in row)


def test_a_header_cannot_be_split(lite: World) -> None:
    person = filled(lite)
    statistician = client(lite, Role.STATISTICIAN)
    name = "look\r\nX-Evil: yes\r\n\r\n<script>"
    statistician.post("/sealed/", {"name": name, "file": ContentFile(AGE, "x.age")})
    found = statistician.get(f"/sealed/{SealedResult.objects.get().pk}/")
    assert "X-Evil" not in found
    assert re.fullmatch(r'attachment; filename="result-\d+\.age"', found["Content-Disposition"])
    unblinding.break_code(
        lite.actor(Role.INVESTIGATOR), person, "emergency", "severe\r\nX-Evil: yes"
    )
    envelope = client(lite, Role.INVESTIGATOR).post(f"/p/{person.code}/break/envelope/")
    assert "X-Evil" not in envelope
    for path in ("/participants/?page=%0d%0aX-Evil:%20yes", "/p/%0d%0aSet-Cookie:x=1/"):
        answer = client(lite, Role.MONITOR).get(path)
        assert "X-Evil" not in answer
        assert "x" not in answer.cookies


@pytest.mark.parametrize(
    "where",
    ["//evil.example/", "https://evil.example/", "https:evil.example", "/\\evil.example",
     "javascript:alert(1)", "\thttps://evil.example", "http://[::1", "///evil.example"],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(lite: World, where: str) -> None:
    name = "coordinator-a@example.org"
    answer = sign_in(Client(), name, PASSWORD, next=where)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    again = Client().post(f"{LOGIN}?next={where}", {"login": name, "password": PASSWORD})
    assert "evil" not in again["Location"]
    stranger = Client().get("/participants/?x=" + where)
    assert stranger["Location"].startswith("/accounts/login/?next=/participants/")
    refused = client(lite, Role.COORDINATOR).post(
        f"/p/{lite.consented().code}/randomize/", HTTP_REFERER=where
    )
    assert "evil" not in refused.content.decode()


def test_a_host_that_is_not_ours_is_refused(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["trial.example.org"])
    web = client(lite, Role.COORDINATOR)
    assert web.get("/", HTTP_HOST="trial.example.org").status_code == 200
    for host in ("evil.example", "trial.example.org.evil.example", "trial.example.org@evil", ""):
        answer = web.get("/participants/", HTTP_HOST=host)
        assert answer.status_code == 400, host
        assert b"evil" not in answer.content
    forwarded = web.get("/", HTTP_HOST="trial.example.org", HTTP_X_FORWARDED_HOST="evil.example")
    assert b"evil" not in forwarded.content


# ---- files ----------------------------------------------------------------------------------


def test_no_path_leads_out_of_the_served_files(lite: World) -> None:
    names = [p.name for p in (lite.folder / "data").iterdir()]
    assert names
    web = client(lite, Role.MONITOR)
    climbs = ["../" * n + "data/" + name for n in (1, 3, 6) for name in names]
    for climb in [*climbs, "../../../../../../etc/passwd", "....//....//etc/passwd"]:
        for tail in (climb, climb.replace("../", "..%2f"), climb.replace("../", "%2e%2e/")):
            answer = web.get(f"/static/{tail}")
            assert answer.status_code in {400, 404}, tail
    for result in (
        "../data/study.sqlite3",
        "/etc/passwd",
        "export-1.zip/../../x",
        "export-1.zip\0",
    ):
        row = Job.objects.create(kind="export", state="done", result=result, asked=clock.now())
        assert work.result_file(row) is None
        assert web.get(f"/jobs/{row.pk}/file/").status_code == 404


@pytest.mark.parametrize(
    ("content", "name"),
    [(AGE + b"x" * (sealed.MOST_BYTES + 1), "big.age"), (b"", "empty.age"),
     (b"PK\x03\x04" + b"\0" * 64, "../../bomb.zip"), (b"GIF89a" + AGE, "polyglot.age"),
     (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>", "x.xml")],
)  # fmt: skip
def test_an_upload_that_is_no_sealed_result_is_refused_before_it_is_kept(
    lite: World, content: bytes, name: str
) -> None:
    file = ContentFile(content, name)
    answer = client(lite, Role.STATISTICIAN).post("/sealed/", {"name": "look", "file": file})
    assert answer.status_code in {400, 413, 422}
    assert not SealedResult.objects.exists()
    assert not [p for p in lite.folder.rglob("*") if p.suffix in {".age", ".zip", ".xml"}
                and "allocation" not in p.parts]  # fmt: skip


def test_floods_are_answered_within_a_second(lite: World) -> None:
    person = lite.started()
    rater = client(lite, Role.SESSION_RATER)
    path = f"/p/{person.code}/1/infusion/session-vitals/"
    for text in ("9" * 200_000, "-" * 200_000, ("1." * 100_000), "a" * 900_000, "[" * 100_000):
        begin = time.perf_counter()
        status = rater.post(path, {"q-systolic": text, "occurred": text[:50_000]}).status_code
        assert status in {400, 413, 422}
        assert time.perf_counter() - begin < 2.0
    sheet = of_instrument(study.current().instrument("hamd17"))
    begin = time.perf_counter()
    read(sheet, {q.id: "1" * 100_000 for q in sheet.questions})
    assert time.perf_counter() - begin < 1.0
    begin = time.perf_counter()
    deep = "a = " + "[" * 5000 + "]" * 5000
    answer = client(lite, Role.SPONSOR).post(
        "/amendments/", {"what": "enter", "text": deep, "note": "x"}
    )
    assert answer.status_code in {409, 422}
    assert time.perf_counter() - begin < 2.0


@pytest.mark.parametrize(
    "text",
    ["schema: crossblock/protocol/1", "\ufeff" + "x = 1", "x = 1e400", "x = nan",
     "n = " + "9" * 5000, "id = 'a'\nid = 'b'", "id = 'a\\u0000'", "[a]\nb = {c = {d = 1}}", ""],
)  # fmt: skip
def test_an_amendment_that_is_no_protocol_is_one_clear_page(lite: World, text: str) -> None:
    web = client(lite, Role.SPONSOR)
    answer = web.post("/amendments/", {"what": "enter", "text": text, "note": "why not"})
    assert answer.status_code in {409, 422}
    assert "Traceback" not in answer.content.decode()
    assert html.escape("why not") in answer.content.decode()


# ---- the blind ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(BLINDED - {Role.PARTICIPANT}))
def test_no_blinded_person_gets_an_interim_result(lite: World, role: Role) -> None:
    made = sealed.store(lite.actor(Role.STATISTICIAN), "first look", AGE)
    web = client(lite, role)
    assert web.get(f"/sealed/{made.pk}/").status_code == 404
    listed = web.get("/sealed/")
    assert listed.status_code == (200 if role in {Role.SPONSOR, Role.MONITOR} else 404)
    assert AGE not in listed.content
    assert client(lite, Role.STATISTICIAN).get(f"/sealed/{made.pk}/").content == AGE


def test_a_code_break_is_of_one_participant_by_its_own_investigator(lite: World) -> None:
    mine, other = lite.started("a"), lite.started("b")
    web = client(lite, Role.INVESTIGATOR, "a")
    sent = {"kind": "emergency", "reason": "a severe reaction at night", "password": PASSWORD}
    assert web.post(f"/p/{other.code}/break/", sent).status_code == 404
    assert web.post(f"/p/{other.code}/break/envelope/").status_code == 404
    assert web.post(f"/p/{mine.code}/break/envelope/").status_code == 404  # nothing recorded yet
    assert web.post(f"/p/{mine.code}/break/", sent).status_code == 302
    first = web.post(f"/p/{mine.code}/break/envelope/")
    second = web.post(f"/p/{mine.code}/break/envelope/")  # the network was cut on the way
    assert first.content == second.content
    assert Event.objects.filter(action="envelope.release").count() == 2
    for role in (Role.COORDINATOR, Role.SESSION_RATER, Role.MONITOR, Role.SPONSOR, Role.PHARMACIST):
        assert client(lite, role).post(f"/p/{mine.code}/break/envelope/").status_code == 404
    assert CodeBreak.objects.count() == 1


def test_block_sizes_are_nowhere_on_the_server(lite: World) -> None:
    """Neither the public list nor the database tells where a block ends."""
    public = [p for p in (lite.folder / "allocation").iterdir() if p.suffix in {".csv", ".json"}]
    assert public
    for path in public:
        assert not re.search(rb'"block|\bblock\b', path.read_bytes()), path.name
    columns = {f.name for m in (Participant, Query) for f in m._meta.get_fields()}
    assert not {c for c in columns if "block" in c}


def test_words_that_unblind_are_kept_for_the_monitor(lite: World) -> None:
    person = lite.started()
    web = client(lite, Role.SESSION_RATER)
    form = study.current().conduct.forms.event
    words = "vomited; wife says it was the NALTREXONE capsule"
    path = f"/p/{person.code}/1/unscheduled/{form}/"
    questions = of_instrument(study.current().instrument(form)).questions
    typed = {q.id: words if q.kind == "text" else _first(q) for q in questions}
    assert fill(web, path, typed, incomplete="yes").status_code == 302
    assert words in Version.objects.get(entry__form=form).content  # the event is kept
    seen = {r: text_of(client(lite, r).get("/safety/")) for r in (Role.INVESTIGATOR, Role.MONITOR)}
    assert "NALTREXONE" not in seen[Role.INVESTIGATOR]
    assert "may unblind" in seen[Role.INVESTIGATOR]
    assert "NALTREXONE" in seen[Role.MONITOR]
    job = Job.objects.create(kind="export", asked=clock.now())
    archive = lite.folder / "data" / "exports" / kinds.export(job)
    with zipfile.ZipFile(archive) as exported:
        assert not any(b"NALTREXONE" in exported.read(n) for n in exported.namelist())
    assert client(lite, Role.OUTCOME_RATER).get("/safety/").status_code == 404


def _first(question: Question) -> str:
    if question.choices:
        return question.choices[0][0]
    return "2026-07-01" if question.kind == "date" else f"{max(question.low, 1):g}"


def test_the_log_of_a_bad_request_holds_nothing_of_what_was_typed(
    lite: World, caplog: pytest.LogCaptureFixture
) -> None:
    web = client(lite, Role.COORDINATOR)
    with caplog.at_level(logging.DEBUG):
        web.post(
            f"/p/{lite.consented().code}/leave/", {"reason": "took naltrexone, says the wife" * 20}
        )
        web.post("/participants/", {"site": "nowhere", "key": "secret typed text"})
    assert "naltrexone" not in caplog.text
    assert "secret typed text" not in caplog.text


def test_nobody_holds_what_nobody_asked_for(lite: World) -> None:
    """Mass assignment: fields that a form does not have change nothing, in any form."""
    person = filled(lite)
    evil = {"is_staff": "1", "is_superuser": "1", "role": "sponsor", "person": "1", "by": "1",
            "seq": "1", "at": "2000-01-01", "number": "1", "id": "1", "slot": "1"}  # fmt: skip
    grants = set(Grant.objects.values_list("pk", flat=True))
    web = client(lite, Role.COORDINATOR)
    for found in addresses.every(person):
        if "POST" in found.methods and not found.path.startswith("/accounts/"):
            web.post(found.path, evil)
    assert set(Grant.objects.values_list("pk", flat=True)) == grants
    assert not GrantRequest.objects.filter(person=lite.person(Role.COORDINATOR), role="sponsor")
    assert Event.objects.order_by("seq").last().at > "2026"  # type: ignore[union-attr]

"""The attacks of the conduct server, on every address of a clinic.

The addresses are taken from the clinic's own table: a page that somebody adds is tried as well, and
one whose place is filled in by a name that is not known here fails until it is.
"""

from __future__ import annotations

import csv
import html
import io
import re
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from crossblock.server import study
from crossblock.server.accounts.models import Grant, GrantRequest
from crossblock.server.accounts.people import ask, end, give, in_force
from crossblock.server.clinic import access, course, due, paging, saving
from crossblock.server.clinic.access import LEAD, Act, may
from crossblock.server.clinic.models import Acknowledgment, Override, Page
from crossblock.server.record import chain
from crossblock.server.record.appended import tables
from crossblock.server.record.audit import verify
from crossblock.server.record.models import Event, Participant, Version
from crossblock.server.roles import Actor, Thing
from tests.server.attacks.test_typed import Form, forms_of, kept, words
from tests.server.clinic.conftest import DOSE, PASSWORD, QIDS, Clinic, hidden, local
from tests.server.clinic.test_paging import text

NOBODY = 999_999
LOGIN = "/accounts/login/"
PEOPLE = ("clinician-1", "clinician-2", "nurse", "lead", "admin-1", "patient", "stranger")
"""clinician-1 and the patient are of the patient who is attacked; stranger is another patient."""
WITHOUT_TEXT = {"draft", "patients", "want_forecast", "export", "audit_check", "people",
                "own_account"}  # fmt: skip
"""Nothing is typed there; the page of people is the conduct server's and tried with its forms."""
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7777*7}}'


@dataclass(frozen=True, kw_only=True)
class Address:
    """One address of the clinic, filled in for one patient, with what its view states."""

    name: str
    path: str
    stated: Any
    verb: str
    methods: tuple[str, ...]
    kwargs: Mapping[str, Any]


def every(person: Participant) -> Iterator[Address]:
    """Yield every address of the clinic's table for one patient, but those of signing in."""
    for pattern in get_resolver().url_patterns:
        if not isinstance(pattern, URLPattern):
            assert str(pattern.pattern) == "accounts/"
            continue
        view, name = pattern.callback, str(pattern.name)
        regex = getattr(pattern.pattern, "regex", None)
        wanted = list(pattern.pattern.converters) or list(regex.groupindex if regex else ())
        for kwargs in _fillings(name, wanted, person):
            yield Address(
                name=name, path=reverse(name, kwargs=kwargs), stated=view.access[0],
                verb=view.access[1], methods=getattr(view, "methods", ("GET",)), kwargs=kwargs,
            )  # fmt: skip


def _fillings(name: str, wanted: list[str], person: Participant) -> Iterator[dict[str, Any]]:
    if name in {"form", "draft"}:
        for visit, forms in due.ALLOWED.items():
            period = 1 if visit in (course.SESSION, course.AFTER) else 0
            for form in forms:
                yield {"code": person.code, "visit": visit, "period": period, "form": form}
        return
    versions = Version.objects.filter(entry__participant=person).order_by("pk")
    known: dict[str, list[Any]] = {
        "code": [person.code],
        "version": [*versions.values_list("pk", flat=True)[:12], NOBODY],
        "number": [*person.pages.order_by("pk").values_list("pk", flat=True)[:3], NOBODY],
    }
    for values in product(*(known[key] for key in wanted)):
        yield dict(zip(wanted, values, strict=True))


def allowed(actor: Actor, found: Address, person: Participant, verb: str = "") -> bool:
    """Tell from the tables whether an address is there for somebody."""
    if NOBODY in found.kwargs.values() or (found.name == "me" and not actor.participant_code):
        return False
    if isinstance(found.stated, Thing):
        return actor.may(verb or found.verb, found.stated)
    if found.stated is not None and not may(actor, found.verb, found.stated):
        return False
    if found.name == "help":
        return actor.participant_code == person.code
    if found.name == "risk":
        page = Page.objects.get(pk=found.kwargs["number"])
        mine = access.sees(actor, person) or paging.concerns(actor, page)
        return mine and not actor.participant_code
    if found.name in {"form", "draft"}:
        act = saving.act_of(found.kwargs["form"], found.kwargs["visit"])
        if not may(actor, "w", act) or not _own(actor, found.kwargs["form"]):
            return False
    if found.name == "receipt":
        form = Version.objects.get(pk=found.kwargs["version"]).entry.form
        if not _own(actor, form):
            return False
    return "code" not in found.kwargs or access.sees(actor, person)


def _own(actor: Actor, form: str) -> bool:
    return not actor.participant_code or form in saving.OWN


def whole(clinic: Clinic) -> Participant:
    """Bring a patient to where every page has something: session, ratings, open page of risk."""
    person, other = clinic.ready(), clinic.ready("clinician-2")
    clinic.save(person, "medicines", {"medicine1": "naltrexone 50 mg daily"})
    clinic.session(person, 1, ago=30)
    clinic.save(person, "qids-sr16", QIDS | {"item12": 2.0}, "day1", 1, ago=6)
    clinic.account(person)
    clinic.account(other, "stranger")
    return person


def rows() -> dict[str, int]:
    """Return how many rows every appended table has."""
    return {m.__name__: m.objects.count() for m in tables()}


def every_form(clinic: Clinic, person: Participant) -> list[tuple[Address, Client, str, Form]]:
    """Return (address, browser, where it is sent, form), each kind of form once."""
    shut = clinic.enroll()  # whose gate an override can open
    known = [*every(person), *(a for a in every(shut) if a.name == "patient")]
    found, done, sheets = [], set(), set()
    for name in ("clinician-1", "patient", "admin-1", "lead"):
        web = clinic.web(name)
        for address in known:
            sheet = address.kwargs.get("form", "")
            if "GET" not in address.methods or sheet in sheets:
                continue
            page = web.get(address.path)
            if page.status_code == 200 and sheet:
                sheets.add(sheet)
            for form in forms_of(page) if page.status_code == 200 else ():
                form.typed = [name for name in form.typed if name != "holds"]  # a button
                kind = (address.name, form.action.split("/")[-2] if form.action else "",
                        tuple(form.typed))  # fmt: skip
                if kind not in done:
                    done.add(kind)
                    found.append((address, web, form.action or address.path, form))
    return found


# ---- who opens what -------------------------------------------------------------------------


@pytest.mark.parametrize("who", PEOPLE)
def test_every_address_opens_as_the_tables_say(clinic: Clinic, who: str) -> None:
    person = whole(clinic)
    web, actor = clinic.web(who), clinic.actor(who)
    wrong, opened = [], 0
    for found in every(person):
        if "GET" not in found.methods:
            continue
        status = web.get(found.path).status_code
        is_open = found.name == "health" or allowed(actor, found, person)
        opened += status == 200
        if status not in ({200, 302} if is_open else {404}):
            wrong.append((found.name, found.path, status, is_open))
    assert wrong == []
    assert opened >= 2  # health and one page of one's own at least


def test_an_outsider_is_sent_to_the_door_and_a_post_changes_nothing(clinic: Clinic) -> None:
    person = whole(clinic)
    web, before = Client(SERVER_NAME="127.0.0.1"), rows()
    for found in every(person):
        if found.name == "health":
            continue
        if "GET" in found.methods:
            answer = web.get(found.path)
            assert answer["Location"].startswith(LOGIN), found.path
        if "POST" in found.methods:
            answer = web.post(found.path, {"text": "typed for an hour"})
            assert answer.status_code == 403, found.path
            assert "typed for an hour" in answer.content.decode(), found.path
    assert rows() == before


@pytest.mark.parametrize("who", PEOPLE)
def test_every_post_that_is_not_theirs_changes_nothing(clinic: Clinic, who: str) -> None:
    person = whole(clinic)
    web, actor, before = clinic.web(who), clinic.actor(who), rows()
    sent = {"reason": "x" * 20, "text": "y" * 20, "email": "nurse@example.org", "key": "k",
            "holds": "yes", "what": "ask", "role": "sponsor", "number": "1", "occurred": local(),
            **{f"q-item{i}": "1" for i in range(1, 25)}, "incomplete": "yes"}  # fmt: skip
    tried = 0
    for found in every(person):
        theirs = allowed(actor, found, person, "w")
        if found.name == "patients":
            theirs = may(actor, "w", Act.CARE)
        if "POST" not in found.methods or theirs:
            continue
        tried += 1
        status = web.post(found.path, sent).status_code
        odd = {"patients": {302, 409}, "people": {404, 409, 422}}
        assert status in odd.get(found.name, {404}), (found.path, status)
        assert rows() == before, found.path
    assert tried >= (10 if who != "clinician-1" else 2)


def test_a_refusal_looks_the_same_whether_or_not_something_is_there(clinic: Clinic) -> None:
    person = whole(clinic)
    web, bodies = clinic.web("clinician-2"), set()
    for found in every(person):
        if "code" in found.kwargs and "GET" in found.methods:
            there = web.get(found.path)
            missing = web.get(found.path.replace(person.code, "C-NOBODY22"))
            assert dict(there.items()) == dict(missing.items())
            bodies |= {there.content, missing.content}
    assert len(bodies) == 1


def test_no_method_but_those_stated_is_taken(clinic: Clinic) -> None:
    person = whole(clinic)
    for found in (a for a in every(person) if a.name != "health"):
        for method in ("put", "patch", "delete", "trace"):
            status = getattr(clinic.web(), method)(found.path).status_code
            assert status == 405, (method, found.path, status)
        if "POST" not in found.methods:
            assert clinic.web().post(found.path).status_code == 405, found.path


# ---- forged, fixed, replayed ----------------------------------------------------------------


def test_no_form_is_taken_without_its_token(clinic: Clinic) -> None:
    person, tried = whole(clinic), 0
    browsers = [Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1") for _ in range(4)]
    for web, name in zip(browsers, ("clinician-1", "patient", "lead", "admin-1"), strict=True):
        web.force_login(clinic.person(name))
    before, events = rows(), Event.objects.count()
    for web, header in product(browsers, ({}, {"HTTP_HX_REQUEST": "true"})):
        for found in every(person):
            if "POST" in found.methods:
                status = web.post(found.path, {"reason": "forged"}, **header).status_code
                assert status == 403, (found.path, status)
                tried += 1
    assert (rows(), Event.objects.count()) == (before, events)
    assert tried > 400


def test_a_session_that_an_attacker_fixed_is_not_the_one_after_login(clinic: Clinic) -> None:
    web = Client(SERVER_NAME="127.0.0.1")
    web.cookies[settings.SESSION_COOKIE_NAME] = "attackers-own-session-id"
    sent = {"login": "clinician-1@example.org", "password": PASSWORD}
    assert web.post(LOGIN, sent).status_code == 302
    assert web.get("/").status_code == 200
    assert web.cookies[settings.SESSION_COOKIE_NAME].value != "attackers-own-session-id"
    attacker = Client(SERVER_NAME="127.0.0.1")
    attacker.cookies[settings.SESSION_COOKIE_NAME] = "attackers-own-session-id"
    assert attacker.get("/").status_code == 302


def test_a_revoked_account_is_out_with_its_live_session(clinic: Clinic) -> None:
    person = whole(clinic)
    for name in ("clinician-1", "patient"):
        web, who = clinic.web(name), clinic.person(name)
        assert web.get(f"/p/{person.code}/summary/").status_code == 200
        who.is_active = False
        who.save(update_fields=("is_active",))
        assert web.get(f"/p/{person.code}/summary/")["Location"].startswith(LOGIN)


def test_a_role_that_changes_within_a_session_counts_from_the_next_request(clinic: Clinic) -> None:
    person, web = whole(clinic), clinic.web("clinician-1")
    assert web.get(f"/p/{person.code}/").status_code == 200
    who = clinic.person("clinician-1")
    end(clinic.actor("admin-1"), in_force(who).get(), "changes work")
    closed = [a.path for a in every(person) if "GET" in a.methods and a.stated is not None]
    assert {web.get(path).status_code for path in closed} == {404}
    give(clinic.actor("admin-2"), ask(clinic.actor("admin-1"), who, LEAD, "", "new work"))
    assert web.get("/export/").status_code == 200
    assert web.get(f"/p/{person.code}/").status_code == 404


def test_nobody_holds_what_nobody_asked_for(clinic: Clinic) -> None:
    """Fields that a form does not have change nothing, in any form of anybody."""
    person = whole(clinic)
    evil = {"is_staff": "1", "is_superuser": "1", "role": "sponsor", "person": "1", "by": "1",
            "seq": "1", "at": "2000-01-01", "id": "1", "participant": "1",
            "participant_code": "C-NOBODY22", "to": "1", "until": "2999-01-01"}  # fmt: skip
    grants = set(Grant.objects.values_list("pk", flat=True))
    asked, codes = (
        GrantRequest.objects.count(),
        {p: clinic.person(p).participant_id for p in PEOPLE},
    )
    for who, found in product(PEOPLE, list(every(person))):
        if "POST" in found.methods and found.name != "draft":
            clinic.web(who).post(found.path, evil)
    assert set(Grant.objects.values_list("pk", flat=True)) == grants
    assert GrantRequest.objects.count() == asked
    assert {p: clinic.person(p).participant_id for p in PEOPLE} == codes
    assert Event.objects.order_by("seq").last().at > "2026"  # type: ignore[union-attr]


@pytest.mark.parametrize("place", ["intake/0/qids-sr16", "between/0/qids-sr16", "between/0/phq9"])
def test_a_replayed_form_is_one_act(clinic: Clinic, place: str) -> None:
    person, web = clinic.ready(), clinic.web()
    path = f"/p/{person.code}/f/{place}/"
    page = web.get(path)
    answers = {f"q-{k}": f"{v:g}" for k, v in QIDS.items()}
    sent = {**hidden(page), **answers, "occurred": local(), "reason": "asked again"}
    first = web.post(path, sent)
    before, events = rows(), Event.objects.count()
    for _ in range(3):
        again = web.post(path, sent)
        assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert rows() == before
    assert Event.objects.count() == events + Event.objects.filter(
        action="patient.look", seq__gt=events
    ).count()  # fmt: skip


def test_a_replayed_act_is_one_act(clinic: Clinic) -> None:
    person, shut, web = whole(clinic), clinic.enroll(), clinic.web()
    page = Page.objects.get()
    acts = {
        "/": {"key": "ONEKEYONEKEY"},
        f"/p/{shut.code}/override/": {"reason": "transferred in the middle of a course"},
        f"/risk/{page.pk}/": {"text": "Called at once; with family, safe."},
        f"/p/{person.code}/forecast/": {},
    }
    for path, sent in acts.items():
        web.post(path, sent)
        before = rows()
        for _ in range(3):
            assert web.post(path, sent).status_code in {302, 409, 422}, path
        assert rows() == before, path
    assert (Override.objects.count(), Acknowledgment.objects.count()) == (1, 1)


def test_two_tabs_lose_nothing(clinic: Clinic) -> None:
    person, web = clinic.ready(), clinic.web()
    path = f"/p/{person.code}/f/intake/0/dudit/"
    tabs = [hidden(web.get(path)) for _ in range(2)]
    answers = {f"q-item{i}": "0" for i in range(1, 12)} | {"occurred": local()}
    assert web.post(path, {**tabs[0], **answers}).status_code == 302
    clash = web.post(path, {**tabs[1], **answers, "q-item1": "1"})
    assert clash.status_code == 409
    assert "Nothing was overwritten" in text(clash)
    assert Version.objects.filter(entry__form="dudit").count() == 1


# ---- injected -------------------------------------------------------------------------------


def test_ids_that_are_no_ids_are_not_found(clinic: Clinic) -> None:
    person = whole(clinic)
    odd = ("0", "-1", "99999999999999999999", "1e3", "%00", "..%2f..", "1;DROP", "٣", "1/../2",
           "'+OR+1=1--")  # fmt: skip
    patterns = ("/p/{}/", "/p/{c}/saved/{}/", "/risk/{}/", "/me/help/{}/",
                "/p/{c}/f/session/{}/dose/", "/p/{c}/f/intake/0/{}/", "/p/{c}/f/{}/0/madrs/",
                "/p/{c}/f/intake/0/madrs/{}/")  # fmt: skip
    for word, pattern, who in product(odd, patterns, ("clinician-1", "patient")):
        if word == "0" and pattern.endswith("madrs/{}/"):
            continue  # the next entry, as no number is
        path = pattern.replace("{c}", person.code).replace("{}", word)
        assert clinic.web(who).get(path).status_code in {400, 404}, path


def test_odd_keys_in_any_query_string_are_harmless(clinic: Clinic) -> None:
    person = whole(clinic)
    odd = ("?page='+OR+1=1--&before=x", "?participant__site=a&order_by=body&actor__password=x",
           "?page=%00&participant=%ff%fe&next=//evil.example&action=%00",
           "?before=99999999999999999999&page=99999999999999999999")  # fmt: skip
    for who in ("clinician-1", "lead", "patient"):
        for found in every(person):
            if "GET" in found.methods:
                plain = clinic.web(who).get(found.path).status_code
                for query in odd[: 4 if "code" not in found.kwargs else 1]:
                    status = clinic.web(who).get(found.path + query).status_code
                    assert status == plain, (found.path, query, status)


def test_script_typed_into_any_form_is_text_on_every_page(clinic: Clinic) -> None:
    person = whole(clinic)
    for _, web, path, form in every_form(clinic, person):
        web.post(path, {**form.fields, **dict.fromkeys(form.typed, EVIL), "incomplete": "yes"})
    assert Acknowledgment.objects.filter(text__contains="<script>").exists()
    assert Override.objects.filter(reason__contains="<script>").exists()
    shown = 0
    for who in ("clinician-1", "patient", "lead", "admin-1"):
        for found in every(person):
            if "GET" not in found.methods:
                continue
            page = clinic.web(who).get(found.path).content.decode(errors="replace")
            assert "<script>alert" not in page, found.path
            assert "onerror=alert(2)>" not in page.replace("&gt;", ""), found.path
            assert "54439" not in page, found.path
            shown += "<script>alert(1)" in html.unescape(page)
    assert shown >= 5


def test_formulas_in_the_export_stay_text(clinic: Clinic) -> None:
    starts = ("=1+1", "+1", "@SUM(A1)", "\t=1", "-2+3|' /C calc'!A0")
    for start in starts:
        person = clinic.ready()
        clinic.save(person, "medicines", {"medicine1": start, "medicine2": start})
        clinic.save(person, "dose", DOSE | {"lot": start}, "session", 1, ago=30)
    answer = clinic.web("lead").post("/export/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = [n for n in archive.namelist() if n.endswith(".csv")]
        tables_of = [csv.reader(io.StringIO(archive.read(n).decode())) for n in names]
        cells = [cell for table in tables_of for row in table for cell in row]
    assert len(cells) > 50
    number = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
    assert [c for c in cells if c[:1] in set("=+@\t\r-") and not number.fullmatch(c)] == []
    assert not [c for c in cells if "SUM" in c or "calc" in c]


# ---- floods, odd bytes, faults --------------------------------------------------------------


def test_floods_are_answered_within_two_seconds(clinic: Clinic) -> None:
    person, web = whole(clinic), clinic.web()
    path = f"/p/{person.code}/f/session/1/session-vitals/"
    for typed in ("9" * 200_000, "-" * 200_000, "1." * 100_000, "a" * 900_000, "[" * 100_000):
        for tail in ("", "draft/"):
            begin = time.perf_counter()
            sent = {"q-systolic": typed, "occurred": typed[:50_000]}
            assert web.post(path + tail, sent).status_code in {200, 400, 413, 422}
            assert time.perf_counter() - begin < 2.0
    many = {f"x{i}": "1" for i in range(5000)}
    for found in every(person):
        if "POST" in found.methods and found.name not in {"draft", "form"}:
            # a form without fields does not read them
            assert web.post(found.path, many).status_code in {302, 400, 404, 413}, found.path
    assert web.post(path, many).status_code in {400, 413}


def _odd_bytes(clinic: Clinic) -> None:
    person = whole(clinic)
    forms = every_form(clinic, person)
    for odd in ("a\0b" * 5, "\u202eabc\u2066 a reason", "\ud7ff\ufffe" * 9):
        for address, web, path, form in forms:
            sent = {**form.fields, **dict.fromkeys(form.typed, odd), "incomplete": "yes"}
            status = web.post(path, sent).status_code
            assert status in {302, 400, 409, 422}, (address.name, path, odd, status)
            draft = web.post(f"{path}draft/", sent).status_code
            assert draft in {200, 400, 404, 409}, (path, draft)
            sent |= {"key": odd, "base": odd, "device_at": odd}
            assert web.post(path, sent).status_code in {302, 400, 409, 422}, (path, odd)
    for query in ("participant=%00", "actor=a%00b", "action=%00", "before=%00"):
        assert clinic.web("lead").get(f"/audit/?{query}").status_code == 200, query
    assert verify(study.current()).faults == []


def test_odd_bytes_break_nothing(clinic: Clinic) -> None:
    _odd_bytes(clinic)


def test_odd_bytes_break_nothing_on_postgresql(clinic_pg: Clinic) -> None:
    _odd_bytes(clinic_pg)


def test_of_every_form_what_is_typed_is_saved_or_comes_back(clinic: Clinic) -> None:
    person = whole(clinic)
    posting = {a.name for a in every(person) if "POST" in a.methods}
    seen, lost = set(), []
    for address, web, path, form in every_form(clinic, person):
        if form.fields.get("what") == "end":
            continue  # the administrator would end the own role
        seen.add("override" if path.endswith("/override/") else address.name)
        for tail in ("", " " + "long " * 500):
            typed = words(form, tail)
            answer = web.post(path, {**form.fields, **typed})
            assert answer.status_code in {302, 409, 422}, (address.name, answer.status_code)
            missing = kept(answer, typed)
            if missing:
                lost.append((address.name, path, answer.status_code, missing[0][:60]))
    assert lost == []
    assert seen >= posting - WITHOUT_TEXT


def test_what_is_typed_comes_back_from_a_lost_database(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = whole(clinic)
    forms = every_form(clinic, person)

    def gone(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("disk I/O error")

    before, tried = rows(), 0
    with monkeypatch.context() as broken:
        broken.setattr(chain, "take_head", gone)
        for address, web, path, form in forms:
            typed = {k: f"some words for {k}, long enough" for k in form.typed}
            answer = web.post(path, {**form.fields, **typed})
            assert answer.status_code in {422, 503}, (address.name, answer.status_code)
            assert kept(answer, typed) == [], (address.name, answer.status_code)
            assert "disk I/O" not in answer.content.decode()
            tried += answer.status_code == 503
        answers = {f"q-{k}": f"{v:g}" for k, v in QIDS.items()}
        whole_form = clinic.web().post(
            f"/p/{person.code}/f/between/0/qids-sr16/",
            {**answers, "occurred": local(), "q-item12": "3", "key": "k"},
        )
        assert whole_form.status_code == 503
    assert tried >= 3
    assert rows() == before


def test_a_flood_of_refusals_is_not_a_flood_of_events(clinic: Clinic) -> None:
    web = clinic.web("nurse")
    for _ in range(60):
        web.get("/export/")
    assert Event.objects.filter(action="page.refused").count() <= 30


def test_the_table_in_the_documentation_names_every_test_here() -> None:
    table = (Path(__file__).parents[3] / "docs" / "clinic.md").read_text(encoding="utf-8")
    here = set(re.findall(r"^def (test_\w+)\(", Path(__file__).read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"`(test_\w+)`", table.split("## Attacks")[1].split("\n## ")[0]))
    assert named == here - {"test_the_table_in_the_documentation_names_every_test_here"}

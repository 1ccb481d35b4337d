"""Whatever is typed into any form of the study is saved or comes back: bad, late, or in vain.

The forms are found, not listed: every address that takes a form, as everybody who may open it.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from crossblock.server import addresses
from crossblock.server.pages.trouble import NOT_TYPED, SECRET
from crossblock.server.record import chain
from crossblock.server.record.door import writing
from crossblock.server.record.models import Event, Query, QueryNote
from crossblock.server.roles import Role, Thing
from crossblock.server.trial import rating, unblinding
from crossblock.server.trial.models import Lock
from tests.server.web import client
from tests.server.world import World, sent

ROLES = [r for r in Role if r is not Role.PARTICIPANT]
WITHOUT_TEXT = {"draft", "envelope", "audit_check", "participants", "jobs", "randomize", "sign",
                "own_account"}  # fmt: skip
"""Addresses whose forms have nothing to type, or keep what is typed without a page."""
HIGH = {"minutes": 40.0, "systolic": 220.0, "diastolic": 85.0, "heart_rate": 70.0, "oxygen": 98.0,
        "breathing": 14.0, "alertness": 5.0}  # fmt: skip
STEPS = {"dispense", "period_step", "leave"}
"""Of people who are not as far, so that these steps are open."""


@dataclass(kw_only=True)
class Form:
    """One form of a page: where it is sent, its fields with their values, what can be typed."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.inside = has.get("method") == "post"
            if self.inside:
                self.found.append(Form(action=has.get("action", "")))
        if not self.inside or not has.get("name"):
            return
        form, name = self.found[-1], has["name"]
        kind = has.get("type", "text") if tag == "input" else tag
        if kind in {"hidden", "radio", "checkbox", "file", "select", "password"}:
            if kind in {"hidden", "select"} or "checked" in has:
                form.fields[name] = has.get("value", "")
        elif name not in SECRET:
            form.fields[name] = has.get("value", "")
            form.typed.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def forms_of(page: Any) -> list[Form]:
    reader = Forms()
    reader.feed(page.content.decode())
    return [f for f in reader.found if f.typed]


def filled(world: World) -> Any:
    """Bring somebody to where most forms are open: rated, asked about, with an alert."""
    person = world.started()
    world.rate(person, "d1")
    saved = world.rate(person, "d3", {f"item{i}": 1.0 for i in range(1, 18)} | {"item3": 3.0})
    vitals = world.place("session-vitals", "infusion", 1)
    rating.save(world.actor(Role.SESSION_RATER), person, vitals, HIGH, sent())
    monitor = world.actor(Role.MONITOR)
    with writing(monitor, "query.ask", Thing.ASK, participant=person) as entry:
        entry.add(Query(entry=saved.version.entry, item="item1", text="why?"))
    return person


def every_form(world: World) -> Iterator[tuple[str, Client, str, Form]]:
    """Yield (name, browser, address, form), each kind of form once a role that may open it."""
    person = filled(world)
    known = {a.path: a for a in addresses.every(person) if a.kwargs.get("period") != 2}
    for early in (world.gated(), world.randomized()):
        known |= {a.path: a for a in addresses.every(early) if a.name in STEPS}
    calm = world.started()  # forms wait while an alert is open
    known |= {a.path: a for a in addresses.every(calm) if a.name == "form"}
    done: set[tuple[str, str, tuple[str, ...]]] = set()
    for role in ROLES:
        web = client(world, role)
        for path, address in known.items():
            if "GET" not in address.methods or path.startswith("/accounts/"):
                continue
            page = web.get(path)
            if page.status_code != 200:
                continue
            for form in forms_of(page):
                kind = (address.name, form.action.split("/")[-2] if form.action else "",
                        tuple(form.typed))  # fmt: skip
                if kind not in done:
                    done.add(kind)
                    yield address.name, web, form.action or path, form


def words(form: Form, tail: str = "") -> dict[str, str]:
    """Return something for every field that can be typed, of a kind that no field expects."""
    return {name: f"zz <b>{i} & ü {name}{tail}" for i, name in enumerate(form.typed)}


def kept(answer: Any, typed: dict[str, str]) -> list[str]:
    """Return what was typed and is neither in the answer nor anywhere in the database."""
    shown = html.unescape(answer.content.decode())
    if answer.status_code == 302:
        shown = "\n".join(_stored())
    return [text for text in typed.values() if text not in shown]


def _stored() -> Iterator[str]:
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield " ".join(str(v).replace("\\u00fc", "ü") for v in row)


def test_of_every_form_what_is_typed_is_saved_or_comes_back(lite: World) -> None:
    every = list(addresses.every(lite.gated()))
    posting = {a.name for a in every if "POST" in a.methods and a.path[:10] != "/accounts/"}
    seen, lost = set(), []
    for name, web, path, form in list(every_form(lite)):
        seen.add(name)
        for tail in ("", " " + "long " * 500):
            typed = words(form, tail)
            answer = web.post(path, {**form.fields, **typed})
            assert answer.status_code in {302, 409, 422}, (name, answer.status_code)
            missing = kept(answer, typed)
            if missing:
                lost.append((name, path, answer.status_code, missing[0][:60]))
    assert lost == []
    assert seen >= posting - WITHOUT_TEXT - {"rollback", "ask", "lock"}


def test_what_is_typed_comes_back_from_a_lost_database_and_from_a_locked_study(
    lite: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = list(every_form(lite))
    _from_a_lost_database({name: row for name, *row in forms}, monkeypatch)
    with writing(lite.actor(Role.MONITOR), "lock", Thing.LOCK) as entry:
        entry.add(Lock(head="0" * 64, note=""))
    lost = []
    for name, web, path, form in forms:
        typed = words(form)
        answer = web.post(path, {**form.fields, **typed})
        if kept(answer, typed):
            lost.append((name, path, answer.status_code, kept(answer, typed)[0]))
    assert lost == []


def _from_a_lost_database(forms: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(chain, "take_head", gone)
        for name in ("leave", "query", "alert", "history", "audit"):
            web, path, form = forms[name]
            typed = {k: f"some words for {k}, long enough" for k in form.typed}
            answer = web.post(path, {**form.fields, **typed})
            assert answer.status_code == 503, (name, answer.status_code)
            assert kept(answer, typed) == [], name
            assert "disk I/O" not in answer.content.decode()


def test_what_is_typed_comes_back_when_the_session_has_ended(lite: World) -> None:
    person = filled(lite)
    web = client(lite, Role.COORDINATOR)
    web.logout()
    answer = web.post(
        f"/p/{person.code}/leave/", {"reason": "a long <i>reason", "password": "secret words"}
    )
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "a long &lt;i&gt;reason" in text
    assert "secret words" not in text
    assert person.code not in text


def test_what_is_typed_comes_back_from_an_old_form_but_not_from_another_site(lite: World) -> None:
    web = client(lite, Role.COORDINATOR, csrf=True)
    sent = {"reason": "typed for an hour"}
    path = f"/p/{lite.gated().code}/leave/"
    own = web.post(path, sent, HTTP_ORIGIN="http://testserver")
    assert (own.status_code, "typed for an hour" in own.content.decode()) == (403, True)
    other = web.post(path, sent, HTTP_ORIGIN="https://elsewhere.example")
    assert (other.status_code, "typed for an hour" in other.content.decode()) == (403, False)


def test_an_answer_to_a_query_closed_meanwhile_comes_back(lite: World) -> None:
    person = filled(lite)
    found = Query.objects.get(entry__participant=person)
    with writing(lite.actor(Role.MONITOR), "query.close", Thing.QUERIES) as entry:
        entry.add(QueryNote(query=found, text="done", closes=True))
    rater = client(lite, Role.OUTCOME_RATER)
    answer = rater.post(f"/queries/{found.pk}/", {"text": "I had swapped two answers"})
    assert answer.status_code == 422
    assert "I had swapped two answers" in answer.content.decode()
    assert "closed meanwhile" in answer.content.decode()


def test_a_second_code_break_shows_its_reason_again(lite: World) -> None:
    person = lite.started()
    unblinding.break_code(
        lite.actor(Role.INVESTIGATOR), person, "emergency", "severe rash after the capsule"
    )
    web = client(lite, Role.INVESTIGATOR)
    before = Event.objects.count()
    answer = web.post(
        f"/p/{person.code}/break/", {"reason": "another reason", "kind": "planned", "password": "x"}
    )
    assert answer.status_code == 422
    assert "another reason" in answer.content.decode()
    assert Event.objects.count() == before + 1  # the wrong password


def test_names_that_are_no_typing_are_few() -> None:
    assert not NOT_TYPED & {"text", "reason", "note", "occurred", "kit", "name", "override"}

"""Words: what may unblind reaches the monitor and no other blinded person, from any field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client

from crossblock.server import addresses, study
from crossblock.server.accounts import people
from crossblock.server.accounts.models import Grant, GrantEnd
from crossblock.server.pages import words
from crossblock.server.record import triggers
from crossblock.server.record.appended import Appended
from crossblock.server.record.door import writing
from crossblock.server.record.models import (
    Entry,
    Participant,
    Query,
    QueryNote,
    Reconciliation,
    Review,
    Version,
)
from crossblock.server.record.sheet import of_instrument
from crossblock.server.roles import BLINDED, Role, Thing
from crossblock.server.trial import safety, unblinding
from crossblock.server.trial.models import Alert, Deviation, KitMove, SealedResult
from crossblock.server.walk import COMMON
from tests.server.web import client, fill, hidden, local, text_of
from tests.server.world import PASSWORD, World

MARK = "zqx"
NOT_TYPED = {
    "Activation.site", "Alert.action", "Alert.message", "Alert.of", "Allocation.receipt",
    "Allocation.stratum", "CodeBreak.kind", "CodeBreak.periods", "Deviation.kind", "Entry.form",
    "Entry.rater", "Entry.visit", "GrantRequest.role", "GrantRequest.site", "KitMove.kit",
    "KitMove.move", "Lock.head", "Lock.note", "Opening.commitment", "Opening.conduct_sha256",
    "Opening.protocol_sha256", "Opening.protocol_text", "Participant.code", "Participant.site",
    "Reconciliation.witness_sha256", "Release.envelope_sha256", "SealedResult.ciphertext",
    "SealedResult.sha256", "Signature.content_sha256", "Signature.meaning",
    "Signature.printed_name", "Signature.signature", "Slot.kits", "Slot.spares", "Slot.stratum",
    "Step.detail", "Step.name", "Version.content", "Version.content_sha256", "Version.key",
}  # fmt: skip
"""Columns that nobody types freely. `Version.content` and `Step.detail` are JSON and planted apart;
a locked study's note is planted with its row missing, since nothing could be opened after it."""


def typed_columns() -> Iterator[tuple[Any, str]]:
    """Yield every column of the record that people type into; a new one is found by itself."""
    for model in Appended.__subclasses__():
        if model._meta.app_label == "clinic":
            continue
        for found in model._meta.get_fields():
            if not isinstance(found, models.CharField | models.TextField):
                continue
            if f"{model.__name__}.{found.name}" not in NOT_TYPED:
                yield model, found.name


def one_of_each(world: World) -> Participant:
    """Return somebody of whom, and around whom, every kind of row is there."""
    person = world.started()
    world.rate(person, "d1")
    saved = world.rate(person, "d3", {f"item{i}": 1.0 for i in range(1, 18)} | {"item3": 3.0})
    web = client(world, Role.SESSION_RATER)
    event = f"/p/{person.code}/1/unscheduled/{study.current().conduct.forms.event}/"
    typed = {"term": "rash", "severity": 1, "serious": 0, "related": 1, "nausea": 0, "action": 1,
             "outcome": 0}  # fmt: skip
    assert fill(web, event, typed).status_code == 302
    safety.act(
        world.actor(Role.INVESTIGATOR), Alert.objects.get(action="block"), "was seen at once"
    )
    with writing(None, "test", Thing.AUDIT, participant=person) as entry:
        asked = entry.add(Query(entry=saved.version.entry, item="item1", text="why?"))
        entry.add(QueryNote(query=asked, text="so"))
        entry.add(Query(entry=Entry.objects.get(form="adverse-events"), text="when?"))
        entry.add(Deviation(participant=person, kind="window", text="late"))
        entry.add(KitMove(kit="2222-2222", move="received", note="cold"))
        entry.add(Review(upto=1, note="read"))
        entry.add(Reconciliation(witness_bytes=1, witness_sha256="", note="found"))
        entry.add(SealedResult(name="interim", sha256="", ciphertext=""))
        ended = Grant.objects.filter(request__site="b").first()
        entry.add(GrantEnd(grant=ended, reason="left"))
    other = world.person(Role.COORDINATOR)
    people.ask(world.actor(Role.SPONSOR), other, Role.SESSION_RATER, "a", "more hands")
    unblinding.break_code(world.actor(Role.INVESTIGATOR), person, "emergency", "for treatment")
    return person


def plant(person: Participant) -> set[str]:
    """Write words that unblind into every column and answer that is typed; return where."""
    wanted = triggers.guarded()
    planted = set()
    with connection.cursor() as cursor:
        for table in wanted:
            for name in triggers.names(connection.vendor, table):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
    for model, column in typed_columns():
        where = f"{model.__name__}.{column}"
        assert model.objects.exists(), f"no row to plant in: {where}"
        model.objects.update(**{column: f"{MARK}-{where} got Naltrexone"})
        planted.add(where)
    for version in Version.objects.select_related("entry"):
        content = json.loads(version.content)
        for key, answer in content["answers"].items():
            if isinstance(answer, str):
                content["answers"][key] = f"{MARK}-answer-{key} got nal\u00adtrexone"
                planted.add(f"answer-{key}")
        Version.objects.filter(pk=version.pk).update(content=json.dumps(content))
    for step in person.steps.all():
        detail = {**json.loads(step.detail), "reason": f"{MARK}-step got placebo"}
        person.steps.filter(pk=step.pk).update(detail=json.dumps(detail))
    return planted


def pages(web: Client, person: Participant) -> Iterator[tuple[str, str]]:
    """Yield name and body of every page there is, forms of every repeat too."""
    paths = {a.path: a.name for a in addresses.every(person) if "GET" in a.methods}
    paths |= dict.fromkeys(COMMON, "common")
    for entry in person.entries.filter(visit=""):
        paths[f"/p/{person.code}/{entry.period}/unscheduled/{entry.form}/{entry.repeat}/"] = "form"
    for path, name in paths.items():
        if not path.startswith("/accounts/"):
            yield name, web.get(path).content.decode(errors="replace")


def leaks(world: World, person: Participant, own: Any) -> set[tuple[str, str]]:
    """Return (page, what was planted) of all that a blinded person but the monitor can read."""
    found = set()
    for role in sorted(BLINDED - {Role.MONITOR}):
        web = Client() if role is Role.PARTICIPANT else client(world, role)
        if role is Role.PARTICIPANT:
            web.force_login(own)
        for name, body in pages(web, person):
            found |= {(name, hit) for hit in re.findall(rf"{MARK}-([\w.-]+)", body)}
    return found


def test_words_that_unblind_are_on_no_page_but_the_monitors(
    lite: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = one_of_each(lite)
    own = people.invite(None, "part@example.org", "Part", PASSWORD, person.code)
    people.give(None, people.ask(None, own, Role.PARTICIPANT, "a", "own"))
    planted = plant(person)
    assert leaks(lite, person, own) == set()
    seen = " ".join(body for _, body in pages(client(lite, Role.MONITOR), person))
    assert {"Query.text", "QueryNote.text", "CodeBreak.reason", "answer-term"} <= {
        hit for hit in planted if f"{MARK}-{hit}" in seen
    }
    monkeypatch.setattr(words, "is_kept", lambda actor, text: False)
    open_to_all = {hit for _, hit in leaks(lite, person, own)}
    assert open_to_all >= {  # the walk reads every page that shows a typed text
        "Query.text", "QueryNote.text", "AlertNote.text", "CodeBreak.reason", "Deviation.text",
        "Version.reason", "GrantRequest.reason", "Opening.note", "Reconciliation.note",
        "SealedResult.name", "answer-term", "answer-document",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["got NALTREXONE", "nal\u00adtrexone", "ｎａｌｔｒｅｘｏｎｅ", "nal\u200btrexone"]
)
def test_spelling_hides_no_word(lite: World, text: str) -> None:
    assert words.unblinding_words(text)
    assert words.said(text, lite.actor(Role.OUTCOME_RATER)) == words.KEPT
    assert words.said(text, lite.actor(Role.MONITOR)) == text
    assert words.said("a rash", lite.actor(Role.OUTCOME_RATER)) == "a rash"
    assert words.said(3.0, None) == 3.0
    assert words._folded("Active\n  pill") == "active pill"


def test_a_correction_keeps_the_words_that_its_author_is_not_shown(lite: World) -> None:
    person = lite.started()
    web = client(lite, Role.SESSION_RATER)
    path = f"/p/{person.code}/1/unscheduled/adverse-events/"
    typed = {"term": "rash, got naltrexone", "severity": 1, "serious": 0, "related": 1,
             "nausea": 0, "action": 1, "outcome": 0}  # fmt: skip
    assert fill(web, path, typed).status_code == 302
    page = web.get(f"{path}1/")
    assert "got naltrexone" not in page.content.decode()
    assert "kept for the monitor" in text_of(page)
    sent = {**hidden(page), "occurred": local(), "reason": "graded anew"}
    sent |= {f"q-{k}": str(v) for k, v in {**typed, "term": "", "severity": 2}.items()}
    assert web.post(f"{path}1/", sent).status_code == 302
    answers = json.loads(Version.objects.get(number=2).content)["answers"]
    assert (answers["term"], answers["severity"]) == ("rash, got naltrexone", 2.0)


def test_consent_keeps_them_too(lite: World) -> None:
    person = lite.consented()
    web = client(lite, Role.COORDINATOR)
    path = f"/p/{person.code}/consent/"
    answers = {"document": "2.0 naltrexone", "signed": "yes", "copy": "yes", "risks": "yes",
               "pool": "yes"}  # fmt: skip
    assert fill(web, path, answers, reason="new document").status_code == 302
    page = web.get(path)
    assert "2.0 naltrexone" not in page.content.decode()
    assert fill(web, path, {**answers, "document": ""}, reason="again").status_code == 302
    found = Version.objects.filter(entry__form="consent").order_by("-number").first()
    assert found is not None
    assert json.loads(found.content)["answers"]["document"] == "2.0 naltrexone"


def test_of_an_instrument_only_texts_are_kept(lite: World) -> None:
    sheet = of_instrument(study.current().instrument("adverse-events"))
    rater = lite.actor(Role.SESSION_RATER)
    assert words.kept_of(rater, sheet, {"term": "on placebo", "severity": 1.0}) == {
        "term": "on placebo"
    }

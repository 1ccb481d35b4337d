"""Every address of the study, filled in for one participant: what the leak test and tests walk.

Taken from the table of addresses itself, so that a page that somebody adds is walked as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.urls import URLPattern, get_resolver, reverse

from crossblock.server import study
from crossblock.server.jobs.models import Job
from crossblock.server.record.models import Entry, Participant, Query, Version
from crossblock.server.roles import Thing
from crossblock.server.trial.models import SealedResult
from crossblock.server.trial.schedule import Place, places

NOBODY = 999_999
"""A number that no row has."""
FROM_OUTSIDE = "accounts/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One address. `code` is the participant that it is about, "" for none.

    thing, verb, methods    as the view states them (`pages.access`)
    kwargs                  what was filled into the pattern
    """

    name: str
    path: str
    code: str
    thing: Thing | None
    verb: str
    methods: tuple[str, ...]
    kwargs: Mapping[str, Any]


def every(person: Participant) -> Iterator[Address]:
    """Yield every address of the study for one participant, and the doors of the accounts."""
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            yield from _filled(pattern, person)
        elif str(pattern.pattern) == FROM_OUTSIDE:
            yield from _doors(pattern.url_patterns, "/" + FROM_OUTSIDE)


def _doors(patterns: list[Any], before: str) -> Iterator[Address]:
    """Yield the addresses of signing in and out, those that need nothing filled in."""
    for pattern in patterns:
        path = before + re.sub(r"^\^|\$$", "", str(pattern.pattern))
        if not isinstance(pattern, URLPattern):
            yield from _doors(pattern.url_patterns, path)
        elif not re.search(r"[<(]", path):
            yield Address(
                name=pattern.name or path, path=path, code="", thing=None, verb="r",
                methods=("GET", "POST"), kwargs={},
            )  # fmt: skip


def _filled(pattern: URLPattern, person: Participant) -> Iterator[Address]:
    thing, verb = pattern.callback.access
    methods = getattr(pattern.callback, "methods", ("GET",))
    name = str(pattern.name)
    for kwargs in fillings(name, _names(pattern), person):
        path = reverse(name, kwargs={k: v for k, v in kwargs.items() if v is not None})
        code = str(kwargs.get("code", ""))
        yield Address(
            name=name, path=path, code=code, thing=thing, verb=verb, methods=tuple(methods),
            kwargs={**pattern.default_args, **kwargs},
        )  # fmt: skip


def _names(pattern: URLPattern) -> list[str]:
    """Return what is filled into a pattern."""
    regex = getattr(pattern.pattern, "regex", None)
    return list(pattern.pattern.converters) or list(regex.groupindex if regex else ())


def fillings(name: str, wanted: list[str], person: Participant) -> Iterator[dict[str, Any]]:
    """Yield what can be filled in: rows that are there, one number that is not, every step."""
    if name in {"form", "draft"}:
        for place in _places():
            yield {
                "code": person.code, "period": place.period, "visit": place.visit or "unscheduled",
                "form": place.form, "rater": place.rater.replace(" ", "-") or None,
            }  # fmt: skip
        return
    known: dict[str, list[Any]] = {
        "code": [person.code],
        "period": list(range(1, study.current().protocol.periods + 1)),
        "name": ["start", "discharge", "finish"],
        "alert": _keys(person.alerts),
        "entry": _keys(person.entries),
        "version": _keys(Version.objects.filter(entry__participant=person)),
        "number": _keys(NUMBERED[name].objects) if name in NUMBERED else [],
    }
    for values in product(*(known[key] for key in wanted)):
        yield dict(zip(wanted, values, strict=True))


NUMBERED: Mapping[str, Any] = {"query": Query, "sealed_file": SealedResult, "job_file": Job}


def _keys(rows: Any) -> list[int]:
    return [*rows.order_by("pk").values_list("pk", flat=True)[:12], NOBODY]


def _places() -> list[Place]:
    """Return each form once, at its first visit of each period, and the form for events."""
    now = study.current()
    first: dict[tuple[str, int, str], Place] = {}
    for place in places(now.protocol, now.conduct):
        first.setdefault((place.form, place.period, place.rater), place)
    forms = list(first.values())
    if now.conduct.forms.event:
        event = now.conduct.forms.event
        forms.append(Place(form=event, visit="", period=1, thing=Thing.EVENTS))
    screener, visit = now.conduct.forms.screener, now.protocol.visits[-1].id
    if screener and all(p.form != screener for p in forms):
        forms.append(Place(form=screener, visit=visit, period=1, thing=Thing.SCREENER))
    return forms


def place_of(address: Address) -> Place | None:
    """Return the form that an address opens, or None for another page."""
    if address.name not in {"form", "draft"}:
        return None
    wanted = address.kwargs
    rater = (wanted["rater"] or "").replace("-", " ")
    visit = "" if wanted["visit"] == "unscheduled" else wanted["visit"]
    key = (wanted["form"], wanted["period"], rater, visit)
    return next((p for p in _places() if (p.form, p.period, p.rater, p.visit) == key), None)


def entry_of(address: Address) -> Entry | None:
    """Return the entry that an address is about, if there is one."""
    wanted = address.kwargs
    if "entry" in wanted:
        return Entry.objects.filter(pk=wanted["entry"]).first()
    found = Version.objects.filter(pk=wanted.get("version")).select_related("entry").first()
    return found.entry if found else None

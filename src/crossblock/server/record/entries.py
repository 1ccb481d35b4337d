"""Entries and their versions: a correction is a new version with a reason, never a change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crossblock.core.errors import Problem
from crossblock.server import clock
from crossblock.server.record.appended import canonical
from crossblock.server.record.door import Writing
from crossblock.server.record.models import Draft, Entry, Participant, Version
from crossblock.server.roles import RefusedError


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where an entry belongs; unique for a participant."""

    form: str
    visit: str = ""
    period: int = 0
    rater: str = ""
    repeat: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """What came with a form besides its answers.

    base    number of the newest version that the person saw; 0 for none
    key     idempotency key, drawn when the form was shown
    """

    base: int
    key: str
    occurred: datetime
    reason: str = ""
    device_at: str = ""
    """The device's own clock when it was sent, kept beside the server's."""


class ConflictError(RefusedError):
    """Somebody else saved in the meantime; nothing was overwritten."""

    def __init__(self, newest: Version) -> None:
        self.newest = newest
        super().__init__(
            Problem(
                what="this form was saved by somebody else while you were typing",
                why=f"version {newest.number} by {newest.by.name if newest.by else 'the server'}",
                fix="both are shown; choose what is right and save again with a reason",
            )
        )


def newest(participant: Participant, spot: Spot) -> Version | None:
    """Return the version that counts, or None."""
    found: Version | None = (
        Version.objects.filter(
            entry__participant=participant,
            entry__form=spot.form,
            entry__visit=spot.visit,
            entry__period=spot.period,
            entry__rater=spot.rater,
            entry__repeat=spot.repeat,
        )
        .select_related("entry", "by")
        .order_by("-number")
        .first()
    )
    return found


def add_version(
    entry: Writing,
    participant: Participant,
    spot: Spot,
    content: Mapping[str, Any],
    sent: Submission,
) -> tuple[Version, bool]:
    """Add a version of a form inside an open door; return it, and whether it is new.

    The same key twice gives the same version. Raises `ConflictError` when somebody saved after
    `base`, and `RefusedError` for a correction without a reason.
    """
    place = _place(entry, participant, spot)
    again = Version.objects.filter(entry=place, key=sent.key).first()
    if again is not None:
        entry.nothing_new()
        return again, False
    last = place.versions.order_by("-number").first()
    number = last.number if last else 0
    if last is not None and sent.base != number:
        raise ConflictError(last)
    if number and not sent.reason.strip():
        raise RefusedError(
            Problem(
                what="a correction needs its reason",
                why="the earlier version stays, and a reader must see why there is another",
                fix="say in a few words why it is changed",
            )
        )
    made = _added(entry, place, number + 1, canonical(content), sent)
    entry.say(form=spot.form, visit=spot.visit, period=spot.period, version=number + 1)
    if sent.reason:
        entry.say(reason=sent.reason.strip())
    if sent.device_at:
        entry.say(device_at=sent.device_at[:64])
    return made, True


def _place(entry: Writing, participant: Participant, spot: Spot) -> Entry:
    """Return the entry of a spot, adding it the first time."""
    where = {
        "participant": participant,
        "form": spot.form,
        "visit": spot.visit,
        "period": spot.period,
        "rater": spot.rater,
        "repeat": spot.repeat,
    }
    return Entry.objects.filter(**where).first() or entry.add(Entry(**where))


def _added(entry: Writing, place: Entry, number: int, text: str, sent: Submission) -> Version:
    return entry.add(
        Version(
            entry=place,
            number=number,
            content=text,
            content_sha256=hashlib.sha256(text.encode()).hexdigest(),
            occurred=sent.occurred,
            reason=sent.reason.strip()[:500],
            key=sent.key[:64],
        )
    )


def content_of(version: Version) -> dict[str, Any]:
    """Return what a version holds."""
    return dict(json.loads(version.content))


def keep_draft(person_id: int, place: str, typed: Mapping[str, str]) -> datetime:
    """Keep what somebody is typing; return when."""
    now = clock.now()
    Draft.objects.update_or_create(
        person_id=person_id, place=place[:200], defaults={"typed": canonical(typed), "at": now}
    )
    return now


def draft(person_id: int, place: str) -> dict[str, str]:
    """Return what somebody was typing at a place."""
    found = Draft.objects.filter(person_id=person_id, place=place[:200]).first()
    return dict(json.loads(found.typed)) if found else {}


def drop_draft(person_id: int, place: str) -> None:
    """Forget a draft that became a version."""
    Draft.objects.filter(person_id=person_id, place=place[:200]).delete()

"""A sheet with what was typed into it, as the templates draw it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from crossblock.core.errors import Problem
from crossblock.server import clock
from crossblock.server.record.entries import Submission
from crossblock.server.record.sheet import Question, Sheet, invisible, read_moment
from crossblock.server.roles import RefusedError


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One question with the text in it and the sentence beside it."""

    question: Question
    text: str
    fault: str
    other: str = ""
    """What somebody else saved meanwhile, in a conflict."""
    first: bool = False
    kept: bool = False
    """Something is saved here that this person must not read."""


def fields(
    sheet: Sheet,
    typed: Mapping[str, str],
    faults: Mapping[str, str],
    others: Mapping[str, Any] | None = None,
    kept: Collection[str] = (),
) -> list[Field]:
    """Return the fields of a sheet in order; the first with a fault takes the focus."""
    focus = next((q.id for q in sheet.questions if q.id in faults), sheet.questions[0].id)
    return [
        Field(
            question=q,
            text=typed.get(q.id, ""),
            fault=faults.get(q.id, ""),
            other=_other(typed.get(q.id, ""), others, q.id),
            first=q.id == focus,
            kept=q.id in kept,
        )
        for q in sheet.questions
    ]


def _other(text: str, others: Mapping[str, Any] | None, key: str) -> str:
    if others is None:
        return ""
    theirs = shown(others.get(key, ""))
    return "" if theirs == text else theirs or "nothing"


def shown(answer: Any) -> str:
    """Return a stored answer as the text of its field."""
    return f"{answer:g}" if isinstance(answer, float | int) else str(answer)


def typed_of(request: HttpRequest, sheet: Sheet) -> dict[str, str]:
    """Return what was typed into the sheet's fields; nothing else of the request is read."""
    return {q.id: request.POST.get(f"q-{q.id}", "") for q in sheet.questions}


def text_in(request: HttpRequest, name: str, most: int = 500) -> str:
    """Return a text that was typed. One that is too long is refused, never cut silently."""
    text = request.POST.get(name, "").strip()
    if len(text) > most:
        raise RefusedError(
            Problem(
                what="the text is too long",
                where=name,
                value=f"{len(text)} characters",
                fix=f"shorten it to at most {most}",
            )
        )
    odd = invisible(text)
    if odd:
        raise RefusedError(
            Problem(
                what="the text holds an invisible character",
                where=name,
                value=f"U+{ord(odd):04X}",
                fix="type it again",
            )
        )
    return text


def key_of(request: HttpRequest) -> str:
    """Return the idempotency key that came with a form, or a new one."""
    key = request.POST.get("key", "")[:64]
    return key if key.isascii() and key.isprintable() and key else new_key()


def new_key() -> str:
    """Return an idempotency key for a form that is about to be shown."""
    return secrets.token_hex(16)


def occurred_of(request: HttpRequest, zone: str) -> datetime | None:
    """Return when it took place, as typed in local time, or None when that is no time."""
    return read_moment(request.POST.get("occurred", ""), zone)


def submission(request: HttpRequest, occurred: datetime) -> Submission:
    """Return what came with a form besides its answers."""
    base = request.POST.get("base", "0")
    return Submission(
        base=int(base) if base.isdecimal() and len(base) < 7 else 0,
        key=key_of(request),
        occurred=occurred,
        reason=text_in(request, "reason"),
        device_at=text_in(request, "device_at", 40),
    )


def now_text(zone: str) -> str:
    """Return the present as the form's time field shows it."""
    return clock.local(clock.now(), zone)

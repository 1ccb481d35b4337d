"""The lock: nothing is written any more; then the record leaves as a bundle."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from crossblock.core.errors import Problem
from crossblock.load.bundle import Rows, render
from crossblock.server import clock, study
from crossblock.server.record.audit import verify
from crossblock.server.record.door import writing
from crossblock.server.record.models import Event, Participant, Query, Step, Version
from crossblock.server.roles import Actor, RefusedError, Thing
from crossblock.server.trial.models import (
    Alert,
    Allocation,
    CodeBreak,
    Deviation,
    KitMove,
    Lock,
    Opening,
)


def open_points() -> list[str]:
    """Return in sentences what stands in the way of the lock."""
    found = []
    queries = Query.objects.exclude(notes__closes=True).count()
    alerts = Alert.objects.filter(note__isnull=True).count()
    if queries:
        found.append(f"{queries} queries are open")
    if alerts:
        found.append(f"{alerts} alerts wait for their action note")
    under_way = len(_under_way())
    if under_way:
        found.append(f"{under_way} participants have neither completed nor left")
    return found


def _under_way() -> set[int]:
    ends = {"completed", "withdrawn", "screen failed"}
    every = set(Participant.objects.values_list("id", flat=True))
    return every - set(Step.objects.filter(name__in=ends).values_list("participant_id", flat=True))


def lock(actor: Actor, note: str = "") -> Lock:
    """Lock the study. Call after re-authentication. Raises `RefusedError` while points are open."""
    with writing(actor, "study.lock", Thing.LOCK) as entry:
        points = open_points()
        if points:
            raise RefusedError(*(Problem(what=f"not yet: {words}") for words in points))
        entry.say(note=note)
        entry.witness()
        return entry.add(Lock(head=entry.head.hash, note=note[:500]))


def bundle_files() -> dict[str, bytes]:
    """Return the files of the locked study's bundle; `RefusedError` when it is not locked."""
    made = Lock.objects.order_by("seq").first()
    if made is None:
        points = open_points()
        raise RefusedError(
            Problem(
                what="the study is not locked",
                why="what leaves for the analysis must not change behind it",
                fix="; ".join(points) or "the monitor locks it on the page Lock, or with --as",
            )
        )
    about = {"locked_at": clock.text(made.at), "locked_by": made.by.name if made.by else ""}
    return _bundle(about, tables(), "".join(_audit()))


def interim_files() -> dict[str, bytes]:
    """Return the bundle of a look before the lock: ratings as they stand and the sealed list.

    It is marked as interim, so that it is never analyzed as the end, and holds no more than a look
    needs. RefusedError once the study is locked.
    """
    if Lock.objects.exists():
        raise RefusedError(
            Problem(what="the study is locked", fix="take its bundle: crossblock lock STUDY -o …")
        )
    return _bundle({"interim": True, "taken_at": clock.text(clock.now())}, {}, "")


def _bundle(about: Mapping[str, Any], more: Mapping[str, Rows], audit: str) -> dict[str, bytes]:
    """Return the files of a bundle of the record as it stands now."""
    now = study.current()
    allocation = now.allocation
    if allocation is None:
        raise RefusedError(Problem(what="the study has no allocation list"))
    found = verify(now)
    first = Opening.objects.order_by("seq").first()
    assert first is not None
    given = Allocation.objects.select_related("participant", "slot").order_by("participant__code")
    slots = {a.participant.code: int(a.slot.number) for a in given}
    return render(
        protocol_text=first.protocol_text,
        ratings=tuple(_ratings(set(slots))),
        participants=tuple(slots),
        slots=slots,
        sealed=allocation.sealed,
        tables=more,
        audit=audit,
        about={
            "study": now.protocol.id,
            **about,
            "chain_head": {"seq": found.events, "hash": found.head},
            "chain_sound": found.sound,
            "dry_run": now.dry_run,
        },
    )


def newest_contents(form: str = "") -> dict[int, tuple[Any, dict[str, Any]]]:
    """Return entry id to (newest version, its content), of all forms or of one."""
    rows = Version.objects.select_related("entry__participant", "by").order_by("seq", "number")
    if form:
        rows = rows.filter(entry__form=form)
    return {v.entry_id: (v, json.loads(v.content)) for v in rows.iterator(chunk_size=2000)}


def _ratings(people: set[str]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of ratings.csv: scores of the protocol's visits, newest versions."""
    protocol = study.current().protocol
    parts: dict[str, list[tuple[str, str]]] = {}
    for score in protocol.score_ids:
        name, _, part = score.partition(".")
        primary = study.current().instrument(name).primary
        parts.setdefault(name, []).append((score, part or primary))
    rows = []
    for version, content in newest_contents().values():
        entry = version.entry
        if entry.visit not in protocol.visit_ids or entry.form not in parts:
            continue
        if entry.participant.code not in people or entry.rater or entry.repeat > 1:
            continue  # the first rating is the scheduled one; later ones are of the discharge
        for score, part in parts[entry.form]:
            value = content["values"].get(part)
            if value is not None:
                key = (entry.participant.code, "", str(entry.period), entry.visit, score)
                rows.append((*key, repr(float(value))))
    yield from sorted(rows)


def tables() -> Mapping[str, Rows]:
    """Return the record as plain tables: what a reader needs and no allocation."""
    return {
        "items": tuple(_items()),
        "steps": tuple(_steps()),
        "deviations": tuple(_deviations()),
        "kits": tuple(_kits()),
        "unblindings": tuple(_unblindings()),
    }


def _items() -> Iterator[tuple[str, ...]]:
    yield (
        "participant", "period", "visit", "form", "rater", "repeat", "item", "answer",
        "occurred", "entered", "by", "version",
    )  # fmt: skip
    for version, content in newest_contents().values():
        e = version.entry
        head = (e.participant.code, str(e.period), e.visit, e.form, e.rater, str(e.repeat))
        tail = (clock.text(version.occurred), clock.text(version.at))
        who = version.by.name if version.by else ""
        for item, answer in content["answers"].items():
            text = repr(answer) if isinstance(answer, float) else str(answer)
            yield (*head, item, text, *tail, who, str(version.number))


def _steps() -> Iterator[tuple[str, ...]]:
    yield ("participant", "step", "period", "occurred", "entered")
    for s in Step.objects.select_related("participant"):
        yield (
            s.participant.code,
            s.name,
            str(s.period),
            clock.text(s.occurred),
            clock.text(s.at),
        )


def _deviations() -> Iterator[tuple[str, ...]]:
    yield ("participant", "kind", "text", "entered")
    for d in Deviation.objects.select_related("participant").order_by("seq", "id"):
        yield (d.participant.code if d.participant else "", d.kind, d.text, clock.text(d.at))


def _kits() -> Iterator[tuple[str, ...]]:
    yield ("kit", "move", "participant", "period", "entered")
    for k in KitMove.objects.select_related("participant").order_by("seq", "id"):
        code = k.participant.code if k.participant else ""
        yield (k.kit, k.move, code, str(k.period), clock.text(k.at))


def _unblindings() -> Iterator[tuple[str, ...]]:
    yield ("participant", "kind", "reason", "periods", "entered")
    for b in CodeBreak.objects.select_related("participant").order_by("seq"):
        yield (b.participant.code, b.kind, b.reason, b.periods, clock.text(b.at))


def _audit() -> Iterator[str]:
    for e in Event.objects.all().iterator(chunk_size=2000):
        yield json.dumps({"prev": e.prev, "hash": e.hash, "body": e.body}) + "\n"

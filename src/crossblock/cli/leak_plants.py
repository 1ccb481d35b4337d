"""Leaks without a word of the arm, planted in what was gathered: can a classifier see them?

Each is weak for any one participant and is found only over many. They are planted in pages, tables,
exports and logs as gathered, not in features, so that what measures the pages is tried as well.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from crossblock.cli.leak_features import plain

SHARE = 0.66
"""How often a planted sign agrees with the arm; one half would be no leak."""
Arm = Mapping[str, int]


@dataclass(kw_only=True)
class Changed:
    """The part of what was gathered that a leak changed."""

    seen: list[Any] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    exports: dict[str, bytes] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def planted(
    found: Any, arm: Arm, seed: int, share: float | None = None
) -> Iterator[tuple[str, Changed]]:
    """Yield each leak by name with what it changed."""
    often = SHARE if share is None else share
    for number, (name, plant) in enumerate(PLANTS.items()):
        rng = np.random.default_rng([seed, number])
        agrees = {c: int(k if rng.random() < often else 1 - k) for c, k in sorted(arm.items())}
        changed = plant(found, agrees)
        if changed.tables:
            changed.tables = {**found.tables, **changed.tables}
        yield name, changed


def _pages(
    found: Any, change: Callable[[Any, int], Any], sign: Arm, kind: str = "timeline"
) -> Changed:
    """Change the pages of a kind that one role sees; return all that this role sees of people."""
    role = _eyes(found)
    mine = [s for s in found.seen if s.role == role and s.code]
    changed = [change(s, sign[s.code]) if s.kind == kind and s.code in sign else s for s in mine]
    return Changed(seen=changed)


def _eyes(found: Any) -> str:
    return str(next(s.role for s in found.seen if s.code and s.status == 200))


def _steadiest(found: Any) -> str:
    """Return the kind of page whose lengths differ least from one participant to the next."""
    role, lengths = _eyes(found), dict[str, set[int]]()
    for s in found.seen:
        if s.code and s.role == role:
            lengths.setdefault(s.kind, set()).add(len(plain(s.body, s.code)))
    return min(lengths, key=lambda kind: len(lengths[kind]))


def slower(found: Any, sign: Arm) -> Changed:
    """Answer a quarter slower."""
    return _pages(found, lambda s, k: replace(s, ms=s.ms * (1.25 if k else 1.0)), sign)


def unsteady(found: Any, sign: Arm) -> Changed:
    """Answer at times much slower and at times much quicker, equally long on average."""
    return _pages(
        found, lambda s, k: replace(s, ms=s.ms * ((0.5, 1.5)[len(s.body) % 2] if k else 1.0)), sign
    )


def longer(found: Any, sign: Arm) -> Changed:
    """Send one byte more, on a page on which one byte can be seen."""
    kind = _steadiest(found)
    return _pages(found, lambda s, k: replace(s, body=s.body + b" " * k), sign, kind)


def reworded(found: Any, sign: Arm) -> Changed:
    """Use another word of the same length."""

    def change(s: Any, k: int) -> Any:
        return replace(s, body=s.body.replace(b"On one axis", b"In one axis") if k else s.body)

    return _pages(found, change, sign)


def asks_more(found: Any, sign: Arm) -> Changed:
    """Ask one question more of the database."""
    return _pages(found, lambda s, k: replace(s, queries=s.queries + k), sign)


def tagged(found: Any, sign: Arm) -> Changed:
    """Send a tag that falls into few groups."""
    return _pages(
        found, lambda s, k: replace(s, headers=(*s.headers, ("ETag", f'"{(0, 3)[k]}"'))), sign
    )


def listed(found: Any, sign: Arm) -> Changed:
    """Sort a list of participants by the sign."""
    first = next(s for s in found.seen if not s.code and s.path.startswith("/participants/"))
    order = sorted(sign, key=lambda c: sign[c])
    return Changed(seen=[replace(first, path="/participants/", body="\n".join(order).encode())])


def parity(found: Any, sign: Arm) -> Changed:
    """Give even numbers to one sign and odd ones to the other."""
    people = {r["id"]: r["code"] for r in found.tables["record_participant"]}
    rows = [
        {**r, "id": 2 * r["id"] + sign[people[r["participant_id"]]]}
        for r in found.tables["record_step"]
        if people.get(r["participant_id"]) in sign
    ]
    return Changed(tables={"record_step": rows})


def kit_order(found: Any, sign: Arm) -> Changed:
    """Give the kit that comes first by its letters in the first period."""
    people = {r["id"]: r["code"] for r in found.tables["record_participant"]}
    slot_of = {r["slot_id"]: people[r["participant_id"]] for r in found.tables["trial_allocation"]}
    rows = []
    for row in found.tables["trial_slot"]:
        code = slot_of.get(row["id"])
        kits = sorted(json.loads(row["kits"]), reverse=bool(code and sign.get(code)))
        rows.append({**row, "kits": json.dumps(kits)} if code in sign else row)
    return Changed(tables={"trial_slot": rows})


def clock(found: Any, sign: Arm) -> Changed:
    """Stamp times whose last microsecond is even or odd."""
    people = {r["id"]: r["code"] for r in found.tables["record_participant"]}
    rows = []
    for row in found.tables["record_step"]:
        code = people.get(row["participant_id"])
        if code is not None and code in sign:
            micro = row["at"].microsecond
            row = {**row, "at": row["at"].replace(microsecond=micro - micro % 2 + sign[code])}
        rows.append(row)
    return Changed(tables={"record_step": rows})


def exported(found: Any, sign: Arm) -> Changed:
    """Write one sign first into an export."""
    name = "steps.csv"
    head, *rows = found.exports[name].decode().splitlines()
    rows.sort(key=lambda row: sign.get(row.split(",")[0], 0))
    return Changed(exports={name: "\n".join([head, *rows]).encode()})


def logged(found: Any, sign: Arm) -> Changed:
    """Log one line more."""
    return Changed(log=[*found.log, *(f"looked up {c}" for c, k in sign.items() if k)])


PLANTS: Mapping[str, Callable[[Any, Arm], Changed]] = {
    "answers a quarter slower": slower,
    "answers unsteadily, equally long on average": unsteady,
    "one byte more": longer,
    "another word of the same length": reworded,
    "one question more of the database": asks_more,
    "a tag of two groups": tagged,
    "a list sorted by it": listed,
    "even and odd ids": parity,
    "which kit comes first": kit_order,
    "the last microsecond": clock,
    "an export sorted by it": exported,
    "one log line more": logged,
}

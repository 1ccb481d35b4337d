"""The leak test: play a virtual study, look at it as every blinded role, search for the arm.

The virtual truth is the same in both conditions, so that nothing but a leak can tell the arms
apart. The arms are known here, outside the server, from the key of the virtual list.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from crossblock.cli import leak_signs
from crossblock.cli.theater import VirtualRaters, opened, virtual_study
from crossblock.domain.protocol import Protocol
from crossblock.load import catalog
from crossblock.load import protocol as protocol_file
from crossblock.server.command import point_at

WITHIN = 0.05
"""The classifier's area under the curve must lie within this of one half, at 2,000 participants."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeakReport:
    """What the leak test found; no leaks is an empty list."""

    participants: int
    pages: int
    roles: int
    routes: int
    features: int
    auc: float
    auc_limit: float
    leaks: tuple[str, ...]


def check_leaks(protocol: str, *, participants: int = 200, seed: int = 1) -> LeakReport:
    """Play `participants` of a protocol through the server in a temporary folder, and look."""
    source, _ = catalog.resolve("protocols", protocol)
    read = protocol_file.read(protocol)
    parent = Path(tempfile.mkdtemp(prefix="crossblock-leakcheck-"))
    try:
        raters = new_study(parent / "study", read, source, participants, seed)
        point_at(parent / "study").prepare("", "")
        import_module("crossblock.server.rehearsal").cast()
        walk = import_module("crossblock.server.walk")
        walk.populate(participants, raters)
        return look(read, walk.walk(outcome_visit(read)), raters, seed)
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def new_study(
    folder: Path, protocol: Protocol, source: Path, participants: int, seed: int
) -> VirtualRaters:
    """Make a virtual study whose truth is the same in both conditions."""
    conduct = catalog.path("conduct", "one-site")
    slots = participants + 8
    key = virtual_study(folder, protocol, source, slots=slots, seed=seed, conduct=conduct)
    arms = opened(folder / "allocation", key)
    return VirtualRaters(protocol=protocol, sequence_of=arms, seed=seed, blocking=0.0, missing=0.0)


def outcome_visit(protocol: Protocol) -> str:
    """Return the first outcome visit."""
    return next((v.id for v in protocol.visits if v.kind == "outcome"), protocol.visits[0].id)


def look(protocol: Protocol, found: Any, raters: VirtualRaters, seed: int) -> LeakReport:
    """Search what was gathered for the arm."""
    ids = protocol.sequence_ids
    arm = {c: ids.index(raters.sequence_of[s]) for c, s in found.slots.items()}
    arm = {c: min(k, 1) for c, k in arm.items()}
    series = {
        **leak_signs.page_series(found.seen),
        **leak_signs.order_series(found.seen, list(arm)),
        **leak_signs.table_series(found.tables),
        **leak_signs.kit_series(found.tables),
        **_export_series(found.exports, list(arm)),
    }
    area = leak_signs.auc(series, arm, seed)
    spread = (1 / 12 * (1 / max(1, sum(arm.values())) + 1 / max(1, len(arm)))) ** 0.5
    limit = max(WITHIN, 4 * spread)
    leaks = [
        *leak_signs.spelled(_texts(found), leak_signs.spellings(protocol)),
        *leak_signs.associated(series, arm),
    ]
    if abs(area - 0.5) > limit:
        leaks.append(f"a classifier tells the arms apart (AUC {area:.3f})")
    return LeakReport(
        participants=len(arm),
        pages=len(found.seen),
        roles=len({s.role for s in found.seen}),
        routes=len({(s.kind, s.path if not s.code else "") for s in found.seen}),
        features=len(series),
        auc=area,
        auc_limit=limit,
        leaks=tuple(leaks),
    )


def _texts(found: Any) -> Iterator[tuple[str, bytes]]:
    """Yield every text of the study, by place; the protocol's own text is left out."""
    for s in found.seen:
        yield f"{s.role}, {s.kind if s.code else s.path}", s.body
        yield f"{s.role}, {s.kind if s.code else s.path}, headers", repr(s.headers).encode()
    for line in found.log:
        yield "log", line.encode()
    for name, data in found.exports.items():
        yield f"export {name}", data
    for table, rows in found.tables.items():
        for row in rows:
            kept = {k: v for k, v in row.items() if k != "protocol_text"}
            yield f"table {table}", repr(kept).encode()


def _export_series(exports: dict[str, bytes], codes: list[str]) -> dict[str, dict[str, Any]]:
    """Return how many rows and characters each export has of every participant."""
    found: dict[str, dict[str, Any]] = {}
    for name, data in exports.items():
        rows = data.decode().splitlines()
        by_code = {c: [r for r in rows if r.startswith(f"{c},")] for c in codes}
        found[f"export {name}: rows"] = {c: len(r) for c, r in by_code.items()}
        found[f"export {name}: columns"] = {
            c: sum(x.count(",") for x in r) for c, r in by_code.items()
        }
    return found

"""The locked study: plain tables, the sealed allocation, and the hash of every file.

    manifest.json     what this is: protocol hash, chain head, when it was locked, SHA-256 per file
    protocol.toml     the protocol
    ratings.csv       participant, sequence (sealed), period, visit, instrument, score
    participants.csv  everybody who was randomized
    slots.csv         participant and slot of the sealed list
    mapping.age       the list, sealed; only `crossblock analyze --key` opens it
    tables/*.csv      the whole record as text: items, steps, deviations, kits, code breaks …
    audit.jsonl       the audit chain

From here on nobody touches the database.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossblock.core.errors import Problem, RatingsError, shorten
from crossblock.domain.allocation import SealedAllocation
from crossblock.domain.protocol import Protocol
from crossblock.domain.rating import RatingsBatch
from crossblock.load import protocol as protocol_file
from crossblock.load import ratings as ratings_file
from crossblock.load.textfile import MIB, read_bytes

FORMAT = "crossblock/bundle/1"
MOST_BYTES = 1024 * MIB
NAME = re.compile(r"(tables/)?[a-z][a-z0-9_-]{0,63}\.(toml|csv|age|jsonl)")
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class StudyBundle:
    """One locked study."""

    protocol: Protocol
    ratings: RatingsBatch
    sealed: SealedAllocation
    slots: Mapping[str, int]
    """Participant to slot of the sealed list."""
    tables: Mapping[str, Rows]
    """Name to rows, the first one holding the column names."""
    manifest: Mapping[str, Any]


def render(
    *,
    protocol_text: str,
    ratings: Rows,
    participants: tuple[str, ...],
    slots: Mapping[str, int],
    sealed: SealedAllocation,
    tables: Mapping[str, Rows],
    audit: str,
    about: Mapping[str, Any],
) -> dict[str, bytes]:
    """Return the files of a bundle by name. `ratings` has the columns of `load.ratings`."""
    heads = ("participant", "sequence", "period", "visit", "instrument", "score")
    files = {
        "protocol.toml": protocol_text.encode(),
        "ratings.csv": table_csv((heads, *ratings)),
        "participants.csv": table_csv(
            (("participant", "sequence"), *((p, "") for p in participants))
        ),
        "slots.csv": table_csv((("participant", "slot"), *((p, str(s)) for p, s in slots.items()))),
        "mapping.age": sealed.ciphertext,
        "audit.jsonl": audit.encode(),
        **{f"tables/{name}.csv": table_csv(rows) for name, rows in tables.items()},
    }
    manifest = {
        "schema": FORMAT,
        **about,
        "protocol_sha256": sealed.protocol_hash,
        "commitment": sealed.commitment,
        "list_slots": sealed.slots,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    return {"manifest.json": (json.dumps(manifest, indent=1) + "\n").encode(), **files}


def read(folder: Path) -> StudyBundle:
    """Read a bundle folder; RatingsError names every file that was changed, added or lost."""
    manifest = _manifest(folder)
    found, problems = {}, []
    for name, digest in manifest["files"].items():
        data = read_bytes(folder / name, f"{folder.name}/{name}", MOST_BYTES, RatingsError)
        found[name] = data
        if hashlib.sha256(data).hexdigest() != digest:
            problems.append(
                Problem(
                    what="this file is not the one that was locked",
                    where=f"{folder.name}/{name}",
                    why="its SHA-256 differs from manifest.json",
                    fix="lock the study again into a new folder, or copy this one again",
                )
            )
    if problems:
        raise RatingsError(*problems)
    protocol = protocol_file.parse(found["protocol.toml"], f"{folder.name}/protocol.toml")
    _check_protocol(protocol, manifest, folder)
    rows = table_rows(found["slots.csv"])[1:]
    slots = {person: int(slot) for person, slot in rows}
    return StudyBundle(
        protocol=protocol,
        ratings=ratings_file.read(folder, protocol),
        sealed=SealedAllocation(
            protocol_hash=manifest["protocol_sha256"],
            ciphertext=found["mapping.age"],
            commitment=manifest["commitment"],
            slots=manifest["list_slots"],
        ),
        slots=slots,
        tables={
            name.removeprefix("tables/").removesuffix(".csv"): table_rows(data)
            for name, data in found.items()
            if name.startswith("tables/")
        },
        manifest=manifest,
    )


def _check_protocol(protocol: Protocol, manifest: Mapping[str, Any], folder: Path) -> None:
    if protocol.sha256 == manifest["protocol_sha256"]:
        return
    raise RatingsError(
        Problem(
            what="the protocol in the bundle is not the one that the study was run by",
            where=f"{folder.name}/protocol.toml",
            value=protocol.sha256[:16],
            why=f"the manifest names {str(manifest['protocol_sha256'])[:16]}",
            fix="copy the bundle again",
        )
    )


def _manifest(folder: Path) -> dict[str, Any]:
    where = f"{shorten(folder.name)}/manifest.json"
    try:
        found = json.loads(read_bytes(folder / "manifest.json", where, MIB, RatingsError))
        sound = (
            found["schema"] == FORMAT
            and {"protocol.toml", "ratings.csv", "slots.csv", "mapping.age"} <= set(found["files"])
            and all(NAME.fullmatch(name) for name in found["files"])
            and {"protocol_sha256", "commitment", "list_slots"} <= set(found)
        )
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise RatingsError(
            Problem(
                what="this is not the manifest of a locked study",
                where=where,
                fix="give the folder that crossblock lock wrote",
            )
        )
    return dict(found)


FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def table_csv(rows: Rows) -> bytes:
    """Return rows as CSV. A text that a spreadsheet would compute is marked with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([[_safe(cell) for cell in row] for row in rows])
    return out.getvalue().encode()


def table_rows(data: bytes) -> Rows:
    """Return the rows of a table that `table_csv` wrote, as they were before."""
    rows = csv.reader(io.StringIO(data.decode(), newline=""))
    return tuple(tuple(_plain(cell) for cell in row) for row in rows)


def _safe(cell: str) -> str:
    dangerous = cell.startswith((*FORMULA, "'")) and not NUMBER.fullmatch(cell)
    return f"'{cell}" if dangerous else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell

"""The folder that `crossblock randomize` writes: the public part of an allocation list.

    manifest.json            what was made, the commitment, and the SHA-256 of every other file
    kits.csv                 slot, stratum, place, and a kit and a spare kit for every period
    mapping.age              the list itself, sealed to statistician and pharmacy
    envelopes/slot-0001.json one sealed envelope per slot, all of one length

Everything here may be seen by everybody. Nothing here can tell an arm, and nothing here decrypts.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossblock.core.errors import AllocationError, Problem, shorten
from crossblock.domain.allocation import SealedAllocation
from crossblock.domain.kits import is_kit_id
from crossblock.load.textfile import MIB, read_bytes

FORMAT = "crossblock/allocation/1"
ENVELOPE = "crossblock/envelope/1"
DRY = "DRY-"
HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicSlot:
    """A place of the list as the server knows it: kit ids, and nothing that they hold."""

    number: int
    stratum: str
    place: int
    kits: tuple[str, ...]
    """One kit id per period."""
    spares: tuple[str, ...]
    """A replacement of the same content for each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AllocationFolder:
    """A checked allocation folder."""

    path: Path
    protocol_sha256: str
    commitment: str
    dry_run: bool
    slots: tuple[PublicSlot, ...]
    mapping: bytes
    envelopes: dict[int, str]
    """Slot number to the SHA-256 of its envelope file."""

    @property
    def sealed(self) -> SealedAllocation:
        return SealedAllocation(
            protocol_hash=self.protocol_sha256,
            ciphertext=self.mapping,
            commitment=self.commitment,
            slots=len(self.slots),
            kits=tuple(s.kits for s in self.slots),
        )


def envelope_name(slot: int) -> str:
    """Return the file name of a slot's envelope within the folder."""
    return f"envelopes/slot-{slot:04d}.json"


def read_allocation(folder: Path) -> AllocationFolder:
    """Read and check an allocation folder; AllocationError lists what was changed or is missing."""
    manifest = _manifest(folder)
    found, problems = {}, []
    for name, digest in sorted(manifest["files"].items()):
        content = read_bytes(folder / name, f"{folder.name}/{name}", 64 * MIB, AllocationError)
        found[name] = content
        if hashlib.sha256(content).hexdigest() != digest:
            problems.append(
                Problem(
                    what="this file is not the one that was made",
                    where=f"{folder.name}/{name}",
                    why="its SHA-256 differs from manifest.json",
                    fix="copy the folder again from whoever ran crossblock randomize",
                )
            )
    if problems:
        raise AllocationError(*problems)
    slots = read_kits(found["kits.csv"].decode(), f"{folder.name}/kits.csv")
    names = {s.number: envelope_name(s.number) for s in slots}
    if {"kits.csv", "mapping.age", *names.values()} != set(found):
        raise AllocationError(
            Problem(what="slots and envelopes do not match", where=f"{folder.name}/manifest.json")
        )
    return AllocationFolder(
        path=folder,
        protocol_sha256=manifest["protocol_sha256"],
        commitment=manifest["commitment"],
        dry_run=manifest["dry_run"],
        slots=slots,
        mapping=found["mapping.age"],
        envelopes={number: manifest["files"][name] for number, name in names.items()},
    )


def _manifest(folder: Path) -> dict[str, Any]:
    where = f"{folder.name}/manifest.json"
    try:
        data = json.loads(read_bytes(folder / "manifest.json", where, 64 * MIB, AllocationError))
        sound = (
            data["schema"] == FORMAT
            and isinstance(data["dry_run"], bool)
            and HASH.fullmatch(data["commitment"])
            and HASH.fullmatch(data["protocol_sha256"])
            and {"kits.csv", "mapping.age"} <= set(data["files"])
            and all(_inside(n) and HASH.fullmatch(d) for n, d in data["files"].items())
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise AllocationError(
            Problem(
                what="this is not the manifest of an allocation list",
                where=where,
                fix="give the folder that crossblock randomize wrote",
            )
        )
    return dict(data)


def _inside(name: str) -> bool:
    return bool(re.fullmatch(r"kits\.csv|mapping\.age|envelopes/slot-\d{4,6}\.json", name))


def kits_csv(slots: tuple[PublicSlot, ...]) -> str:
    """Return kits.csv: one row per slot."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    periods = len(slots[0].kits)
    heads = [f"{what}_{p}" for what in ("kit", "spare") for p in range(1, periods + 1)]
    rows.writerow(["slot", "stratum", "place", *heads])
    for s in slots:
        rows.writerow([s.number, s.stratum, s.place, *s.kits, *s.spares])
    return out.getvalue()


def read_kits(text: str, where: str) -> tuple[PublicSlot, ...]:
    """Read kits.csv; AllocationError names the first row that cannot be used."""
    rows = list(csv.reader(io.StringIO(text)))
    periods = (len(rows[0]) - 3) // 2 if rows else 0
    slots: list[PublicSlot] = []
    seen: set[str] = set()
    for line, row in enumerate(rows[1:], start=2):
        kits = row[3:]
        good = (
            len(row) == 3 + 2 * periods
            and row[0] == str(line - 1)
            and row[2].isdecimal()
            and all(is_kit_id(kit.removeprefix(DRY)) for kit in kits)
            and not seen & set(kits)
            and len(set(kits)) == len(kits)
        )
        if not good:
            raise AllocationError(
                Problem(
                    what="this row names a kit that cannot be, or names one twice",
                    where=f"{where}, line {line}",
                    value=shorten(",".join(row)),
                    fix="copy the file again; it is never edited by hand",
                )
            )
        seen |= set(kits)
        slots.append(
            PublicSlot(
                number=int(row[0]),
                stratum=row[1],
                place=int(row[2]),
                kits=tuple(kits[:periods]),
                spares=tuple(kits[periods:]),
            )
        )
    if not slots or not periods:
        raise AllocationError(Problem(what="the list has no slots", where=where))
    return tuple(slots)

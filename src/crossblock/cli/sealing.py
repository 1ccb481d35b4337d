"""How an allocation list is sealed: the texts that `crossblock randomize` writes.

The clear text of the list exists in this process only. The commitment is the SHA-256 of that text,
which holds a random salt, so that it can be printed in the registration without telling anything.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossblock.core.errors import OutputError, Problem, shorten
from crossblock.domain.blocks import Draw, Slot, allocation_list, seeded
from crossblock.domain.kits import kit_ids
from crossblock.domain.protocol import Protocol
from crossblock.load.allocation import (
    DRY,
    ENVELOPE,
    FORMAT,
    PublicSlot,
    envelope_name,
    kits_csv,
)
from crossblock.load.sealed import seal

LETTER = 1024
"""Clear texts of envelopes are padded with spaces to a common multiple of this many bytes."""
GREASE = 512
"""An age file carries up to this many random bytes; the envelope file hides how many."""
SALT_BYTES = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """Who can open what: the list, and the single envelopes."""

    recipients: tuple[str, ...]
    emergency: tuple[str, ...]


def make_allocation(
    protocol: Protocol,
    folder: Path,
    *,
    recipients: Sequence[str],
    emergency: Sequence[str] = (),
    slots_per_stratum: int | None = None,
    seed: int | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Make the allocation list of `protocol`, seal it into a new `folder`, return its manifest.

    slots_per_stratum defaults to the planned number of participants. Without a seed (which only a
    dry run may have) the entropy is the operating system's, and nobody can repeat the list.
    """
    if slots_per_stratum is None:
        planned = protocol.participants.planned
        slots_per_stratum = planned.value if planned else 0
    files = sealed_list(
        protocol,
        slots_per_stratum=slots_per_stratum,
        keys=Keys(recipients=tuple(recipients), emergency=tuple(emergency)),
        draw=seeded(seed) if dry_run and seed is not None else secrets.randbelow,
        dry_run=dry_run,
    )
    write_folder(folder, files)
    manifest = json.loads(files["manifest.json"])
    del manifest["files"]
    return dict(manifest)


def sealed_list(
    protocol: Protocol, *, slots_per_stratum: int, keys: Keys, draw: Draw, dry_run: bool
) -> dict[str, bytes]:
    """Return the files of an allocation folder by name (see `load.allocation`)."""
    slots = allocation_list(
        protocol.randomization,
        sequences=len(protocol.sequence_ids),
        slots_per_stratum=slots_per_stratum,
        draw=draw,
    )
    public = _with_kits(slots, protocol.periods, draw, DRY if dry_run else "")
    text = mapping_text(protocol, slots, public, _salt(draw), dry_run=dry_run)
    files = {
        "kits.csv": kits_csv(public).encode(),
        "mapping.age": seal(text, keys.recipients),
        **_envelopes(protocol, slots, public, keys.emergency or keys.recipients, draw),
    }
    manifest = {
        "schema": FORMAT,
        "protocol": protocol.id,
        "protocol_sha256": protocol.sha256,
        "dry_run": dry_run,
        "slots": len(slots),
        "recipients": len(keys.recipients),
        "commitment": hashlib.sha256(text.encode()).hexdigest(),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    return {"manifest.json": (json.dumps(manifest, indent=1) + "\n").encode(), **files}


def mapping_text(
    protocol: Protocol,
    slots: Sequence[Slot],
    public: Sequence[PublicSlot],
    salt: str,
    *,
    dry_run: bool,
) -> str:
    """Return the clear text of the list: JSON with salt, sequences, and every slot with its kits.

    `block` lets a statistician check the block sizes; no other file holds them.
    """
    content = {
        "schema": FORMAT,
        "salt": salt,
        "protocol_sha256": protocol.sha256,
        "dry_run": dry_run,
        "sequences": {s.id: s.conditions for s in protocol.design.sequences},
        "slots": [
            {
                "slot": slot.number,
                "stratum": slot.stratum,
                "block": slot.block,
                "sequence": protocol.sequence_ids[slot.sequence],
                "kits": seen.kits,
                "spares": seen.spares,
            }
            for slot, seen in zip(slots, public)
        ],
    }
    return json.dumps(content, separators=(",", ":"))


def _with_kits(
    slots: Sequence[Slot], periods: int, draw: Draw, mark: str
) -> tuple[PublicSlot, ...]:
    """Give every slot a kit and a spare per period, drawn without regard to the sequence."""
    ids = iter([mark + kit for kit in kit_ids(2 * periods * len(slots), draw)])
    return tuple(
        PublicSlot(
            number=s.number,
            stratum=s.stratum,
            place=s.place,
            kits=tuple(next(ids) for _ in range(periods)),
            spares=tuple(next(ids) for _ in range(periods)),
        )
        for s in slots
    )


def _envelopes(
    protocol: Protocol,
    slots: Sequence[Slot],
    public: Sequence[PublicSlot],
    recipients: Sequence[str],
    draw: Draw,
) -> dict[str, bytes]:
    """Return one sealed envelope file per slot, all of one length."""
    letters = [_letter(protocol, s, p, _salt(draw)) for s, p in zip(slots, public)]
    longest = max(len(text.encode()) for text in letters)
    size = -(-longest // LETTER) * LETTER
    sealed = [seal(text + " " * (size - len(text.encode())), recipients) for text in letters]
    room = min(map(len, sealed)) + GREASE
    return {
        envelope_name(s.number): _envelope(s.number, protocol.sha256, data, room)
        for s, data in zip(slots, sealed)
    }


def _letter(protocol: Protocol, slot: Slot, public: PublicSlot, salt: str) -> str:
    sequence = protocol.design.sequences[slot.sequence]
    content = {
        "schema": ENVELOPE,
        "salt": salt,
        "protocol_sha256": protocol.sha256,
        "slot": slot.number,
        "stratum": slot.stratum,
        "sequence": sequence.id,
        "periods": [
            {"condition": c, "label": protocol.condition(c).label, "kit": kit}
            for c, kit in zip(sequence.conditions, public.kits)
        ],
    }
    return json.dumps(content, separators=(",", ":"))


def _envelope(slot: int, protocol_sha256: str, data: bytes, room: int) -> bytes:
    text = base64.b64encode(data).decode()
    fill = "." * (4 * -(-room // 3) - len(text))
    content = {
        "schema": ENVELOPE,
        "slot": f"{slot:06d}",
        "protocol_sha256": protocol_sha256,
        "age": text,
        "fill": fill,
    }
    return (json.dumps(content) + "\n").encode()


def _salt(draw: Draw) -> str:
    return bytes(draw(256) for _ in range(SALT_BYTES)).hex()


def write_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write all files to a folder beside `folder`, then rename it: whole or not at all."""
    if folder.exists():
        raise OutputError(
            Problem(
                what="the folder exists already",
                where=shorten(str(folder)),
                why="what is published once is never overwritten",
                fix="choose a new folder",
            )
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise OutputError(
            Problem(what="the folder could not be made", where=str(folder), why=str(error))
        ) from None
    try:
        for name, content in files.items():
            (draft / name).parent.mkdir(exist_ok=True)
            (draft / name).write_bytes(content)
        draft.chmod(0o755)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise

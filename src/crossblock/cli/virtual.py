"""One virtual trial as a locked study: the bundle that a real one leaves, list sealed.

What is written holds no more than a real study's bundle: the states behind the ratings stay here.
The allocation is marked as a dry run, so that nobody gives a drug by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from crossblock.cli.sealing import mapping_text, write_folder
from crossblock.domain.allocation import SealedAllocation
from crossblock.domain.blocks import Slot, seeded, strata
from crossblock.domain.kits import kit_ids
from crossblock.domain.protocol import Protocol
from crossblock.domain.truth import Truth
from crossblock.load import bundle
from crossblock.load.allocation import DRY, PublicSlot
from crossblock.load.catalog import resolve
from crossblock.load.sealed import seal
from crossblock.simulate.trial import Trials, simulate
from crossblock.simulate.world import prepare

SALT_BYTES = 32


def virtual_study(
    protocol: Protocol,
    where: str,
    truth: Truth,
    folder: Path,
    *,
    recipients: Sequence[str],
    seed: int,
    trial: int = 0,
    people: int | None = None,
) -> None:
    """Write virtual trial number `trial` of a run into a new `folder`, as a study bundle.

    `where` is the path or catalog name that `protocol` was read from: its text goes along.
    """
    made = simulate(prepare(protocol, truth, people), np.array([trial]), seed)
    sealed, slots = _sealed(protocol, made, recipients, seed + trial)
    path, _ = resolve("protocols", where)
    files = bundle.render(
        protocol_text=path.read_text(encoding="utf-8"),
        ratings=_rows(protocol, made),
        participants=made.ratings.participants,
        slots=slots,
        sealed=sealed,
        tables={},
        audit="",
        about={"virtual": True, "seed": seed, "trial": trial},
    )
    write_folder(folder, files)


def _rows(protocol: Protocol, made: Trials) -> bundle.Rows:
    """Return the observed scores as tidy rows, without sequences."""
    ratings = made.ratings
    return tuple(
        (
            ratings.participants[i],
            "",
            str(p + 1),
            ratings.visits[v],
            ratings.instruments[k],
            f"{ratings.score[0, i, p, v, k]:g}",
        )
        for i, p, v, k in np.argwhere(ratings.observed[0])
    )


def _sealed(
    protocol: Protocol, made: Trials, recipients: Sequence[str], seed: int
) -> tuple[SealedAllocation, dict[str, int]]:
    """Return the sealed list in the order of the participants, and who has which slot."""
    draw, names = seeded(seed), strata(protocol.randomization)
    ids = iter([DRY + kit for kit in kit_ids(2 * protocol.periods * made.condition.shape[1], draw)])
    slots, public = [], []
    for i, sequence in enumerate(made.codelist.sequence[0]):
        stratum = names[int(made.ratings.stratum[0, i])]
        slots.append(
            Slot(number=i + 1, stratum=stratum, place=i + 1, block=0, sequence=int(sequence))
        )
        kits, spares = (tuple(next(ids) for _ in range(protocol.periods)) for _ in range(2))
        public.append(
            PublicSlot(number=i + 1, stratum=stratum, place=i + 1, kits=kits, spares=spares)
        )
    salt = bytes(draw(256) for _ in range(SALT_BYTES)).hex()
    text = mapping_text(protocol, slots, public, salt, dry_run=True)
    found = SealedAllocation(
        protocol_hash=protocol.sha256,
        ciphertext=seal(text, recipients),
        commitment=hashlib.sha256(text.encode()).hexdigest(),
        slots=len(slots),
    )
    return found, {name: i + 1 for i, name in enumerate(made.ratings.participants)}

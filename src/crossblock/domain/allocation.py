"""The sealed allocation: ciphertext and commitment. Nothing here can tell an arm.

The opened form is another type in another module (`domain.codelist`), which only a handful of
modules may import (a contract in CI).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedAllocation:
    """An allocation list that only the holders of a key can open.

    `ciphertext` is an age file (X25519 recipients); `commitment` is the SHA-256 of the salted list,
    published before the first participant, so that nobody can change the list afterwards.
    `slots` is how many participants the list has room for; `kits` are the kit ids handed out, one
    per slot and period, which carry no information about the arm.
    """

    protocol_hash: str
    ciphertext: bytes
    commitment: str
    slots: int
    kits: tuple[tuple[str, ...], ...] = ()

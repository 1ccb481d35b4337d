"""Texts sealed with age: anybody may hold them, only a key opens them.

X25519 recipients of the age format (age-encryption.org/v1), through `pyrage`. No server module may
import this one, directly or indirectly: the web process never decrypts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyrage

from crossblock.core.errors import AllocationError, Problem, shorten
from crossblock.load.textfile import MIB, read_bytes

SECRET = re.compile(r"AGE-SECRET-KEY-1[A-Z0-9]+")


def new_key() -> tuple[str, str]:
    """Return a new (identity, recipient): what to keep secret, and what to hand out."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def seal(text: str, recipients: Sequence[str]) -> bytes:
    """Return `text` as an age file that each of `recipients` ("age1…") can open alone."""
    keys = []
    for text_of_key in recipients:
        try:
            keys.append(pyrage.x25519.Recipient.from_str(text_of_key.strip()))
        except pyrage.RecipientError:
            raise AllocationError(
                Problem(
                    what="this is not a recipient that a list can be sealed to",
                    where="--recipient",
                    value=shorten(text_of_key),
                    why='a recipient is a public key that begins with "age1"',
                    fix="let the key holder make one: crossblock randomize --new-key KEYFILE",
                )
            ) from None
    return bytes(pyrage.encrypt(text.encode(), keys))


def unseal(sealed: bytes, identities: Sequence[str], where: str) -> str:
    """Return the text of an age file; AllocationError when none of the keys opens it."""
    try:
        keys = [pyrage.x25519.Identity.from_str(i) for i in identities]
        return bytes(pyrage.decrypt(sealed, keys)).decode()
    except (pyrage.DecryptError, pyrage.IdentityError, UnicodeDecodeError):
        raise AllocationError(
            Problem(
                what="the key does not open this",
                where=shorten(where),
                why="it was sealed to other keys, or the file was changed after sealing",
                fix="use the key of one of its recipients; compare the file with manifest.json",
            )
        ) from None


def read_key(path: Path) -> tuple[str, ...]:
    """Return the secret keys of a key file (lines AGE-SECRET-KEY-1…; # is a comment)."""
    where = shorten(str(path))
    text = read_bytes(path, where, MIB, AllocationError).decode("utf-8", "replace")
    rows = (row.strip() for row in text.splitlines())
    keys = tuple(row for row in rows if SECRET.fullmatch(row))
    if not keys:
        raise AllocationError(
            Problem(
                what="the file holds no key",
                where=where,
                why='a key is a line that begins with "AGE-SECRET-KEY-1"',
                fix="give the file that crossblock randomize --new-key or age-keygen wrote",
            )
        )
    return keys

"""Signatures of people and receipts of the server.

A person's signature is bound to the hash of one version and given with the password typed again.
The server adds its Ed25519 signature over hash, person, time and meaning, so that a row moved to
another record no longer fits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crossblock.core.errors import Problem
from crossblock.server import clock, study
from crossblock.server.accounts.models import Person
from crossblock.server.record import door
from crossblock.server.record.appended import canonical
from crossblock.server.record.door import writing
from crossblock.server.record.models import Signature, Version
from crossblock.server.roles import Actor, RefusedError, Thing, reference

TRIES = 5
"""So many wrong passwords in a row close re-authentication for `PAUSE_S` seconds."""
PAUSE_S = 300


def reauthenticate(actor: Actor, password: str, code: str = "") -> None:
    """Check the password again (and a one-time code, where the account has one), or refuse."""
    person = Person.objects.get(pk=actor.person_id)
    if door.recent("reauthentication.refused", actor, PAUSE_S) >= TRIES:
        raise RefusedError(
            Problem(what="too many wrong passwords", fix="wait five minutes, then try again")
        )
    totp = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    good = person.check_password(password)
    if totp is not None:
        good = TOTP(totp).validate_code(code) and good
    if not good:
        door.note(actor, "reauthentication.refused")
        raise RefusedError(
            Problem(
                what="the password or the code is not right",
                why="a signature is given by the person who is logged in, again and each time",
                fix="type them again; nothing was signed",
            )
        )


def sign(actor: Actor, version: Version, meaning: str) -> Signature:
    """Sign one version; call `reauthenticate` before."""
    participant = version.entry.participant
    with writing(actor, "sign", Thing.SIGN, participant=participant) as entry:
        text = _text(version.content_sha256, actor.ref, clock.text(entry.now), meaning)
        row = Signature(
            version=version,
            content_sha256=version.content_sha256,
            meaning=meaning[:200],
            signature=study.current().signing_key.sign(text).hex(),
        )
        entry.say(form=version.entry.form, version=version.number, meaning=meaning)
        entry.witness()
        return entry.add(row)


def holds(signature: Signature) -> bool:
    """Tell whether a signature still fits the version that it stands at."""
    if signature.content_sha256 != signature.version.content_sha256:
        return False
    text = _text(
        signature.content_sha256,
        reference(signature.by_id),
        clock.text(signature.at),
        signature.meaning,
    )
    return _fits(study.current().signing_key, signature.signature, text)


def _text(digest: str, person: str, at: str, meaning: str) -> bytes:
    return canonical([digest, person, at, meaning]).encode()


def receipt(content: Mapping[str, Any]) -> str:
    """Return `content` with the server's signature, as one JSON text to print and keep."""
    text = canonical(content)
    signed = study.current().signing_key.sign(text.encode()).hex()
    return canonical({"receipt": dict(content), "signature": signed})


def receipt_holds(text: str) -> bool:
    """Tell whether a receipt was signed by this server and not changed since."""
    try:
        found = json.loads(text)
        content = canonical(found["receipt"]).encode()
        return _fits(study.current().signing_key, found["signature"], content)
    except (ValueError, KeyError, TypeError):
        return False


def _fits(key: Ed25519PrivateKey, signature: str, text: bytes) -> bool:
    try:
        key.public_key().verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True

"""The study that this server conducts: its folder, its protocol, its keys.

STUDY/protocol.toml   the protocol, hash bound to every act
STUDY/conduct.toml    sites, gate, limits (`domain.conduct`)
STUDY/instruments/    wordings of the sites, in their languages (`load.instrument.worded`)
STUDY/allocation/     what `crossblock randomize` made: kit ids and sealed texts
STUDY/data/           database (SQLite), secret key, signing key; private
STUDY/witness/        chain heads and the public signing key; keep a copy elsewhere
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from crossblock.core.errors import CatalogError, InputError, Problem, shorten
from crossblock.domain.conduct import Conduct
from crossblock.domain.instrument import Instrument
from crossblock.domain.protocol import Protocol
from crossblock.load import conduct as conduct_file
from crossblock.load import instrument as instrument_file
from crossblock.load import protocol as protocol_file
from crossblock.load.allocation import AllocationFolder, read_allocation


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """One opened study. Files are read when first asked for, once a process."""

    folder: Path

    @cached_property
    def protocol(self) -> Protocol:
        return protocol_file.read(self.folder / "protocol.toml")

    @cached_property
    def conduct(self) -> Conduct:
        own = self.folder / "conduct.toml"
        return conduct_file.read(own if own.exists() else "one-site")

    @cached_property
    def allocation(self) -> AllocationFolder | None:
        """The allocation folder, or None before the list was made."""
        folder = self.folder / "allocation"
        return read_allocation(folder) if folder.exists() else None

    @property
    def dry_run(self) -> bool:
        """True for a demonstration or a dummy list: every page says so."""
        return self.allocation is not None and self.allocation.dry_run

    @property
    def blinded(self) -> bool:
        """False for a clinic, which has no protocol and no arm to hide."""
        return (self.folder / "protocol.toml").is_file()

    @cached_property
    def wordings(self) -> Mapping[str, Instrument]:
        """Instruments with the sites' own wording (instruments/*.toml); scoring is the same."""
        found = instrument_file.worded(self.folder / "instruments")
        spoken = {s.language for s in self.conduct.sites if s.language}
        spare = [
            Problem(
                what="no site speaks the language of this wording",
                where=f"{shorten(str(self.folder / 'instruments'))}, {name}",
                value=shorten(language),
                why="it would never be shown",
                fix=f'say language = "{shorten(language)}" at a site of conduct.toml',
            )
            for name, worded in found.items()
            for language in worded.wording
            if language not in spoken
        ]
        if spare:
            raise CatalogError(*spare)
        return found

    def instrument(self, name: str) -> Instrument:
        return self.wordings.get(name) or instrument_file.read(name)

    @property
    def witness(self) -> Path:
        return self.folder / "witness" / "heads.jsonl"

    @cached_property
    def signing_key(self) -> Ed25519PrivateKey:
        """The server's own key for receipts; made once, private; its public half lies with the
        witness."""
        file = self.folder / "data" / "signing.pem"
        if not file.exists():
            made = Ed25519PrivateKey.generate()
            pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            private_file(file, pem)
            public = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            self.witness.parent.mkdir(parents=True, exist_ok=True)
            (self.witness.parent / "receipts.pub").write_bytes(public)
        key = load_pem_private_key(file.read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        return key


def private_file(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read; keep what another process wrote first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def secret_key(folder: Path) -> str:
    """Return the key that signs sessions, making it at the first start."""
    file = folder / "data" / "secret.key"
    if not file.exists():
        private_file(file, secrets.token_urlsafe(64).encode())
    return file.read_text()


def check_folder(folder: Path) -> Path:
    """Return the study folder, or say what is missing in it."""
    if not (folder / "protocol.toml").is_file():
        raise InputError(
            Problem(
                what="this folder holds no study",
                where=shorten(str(folder)),
                why="a study is a folder with protocol.toml in it",
                fix="copy the protocol there, or look around first: crossblock serve --demo",
            )
        )
    return folder


@lru_cache(maxsize=4)
def _opened(folder: str) -> Study:
    return Study(folder=Path(folder))


def current() -> Study:
    """Return the study that this process serves."""
    return _opened(str(settings.STUDY_FOLDER))

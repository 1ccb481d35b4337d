"""The study folder: what must be in it, and that its keys are private."""

import stat
from pathlib import Path

import pytest

from crossblock.core.errors import InputError
from crossblock.server import study
from tests.server.world import World


def test_a_folder_without_a_protocol_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no study"):
        study.check_folder(tmp_path)


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = study.secret_key(tmp_path)
    assert study.secret_key(tmp_path) == first
    assert len(first) > 60
    mode = stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode)
    assert mode == 0o600


def test_two_processes_agree_on_one_key(tmp_path: Path) -> None:
    file = tmp_path / "data" / "x"
    study.private_file(file, b"first")
    study.private_file(file, b"second")
    assert file.read_bytes() == b"first"


def test_the_signing_key_leaves_its_public_half_with_the_witness(lite: World) -> None:
    now = study.current()
    signature = now.signing_key.sign(b"text")
    now.signing_key.public_key().verify(signature, b"text")
    assert (now.witness.parent / "receipts.pub").read_text().startswith("-----BEGIN PUBLIC KEY")
    assert now.dry_run is False

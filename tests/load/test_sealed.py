"""Sealed texts open with each of their keys and with no other."""

from pathlib import Path

import pytest

from crossblock.core.errors import AllocationError
from crossblock.load.sealed import new_key, read_key, seal, unseal


def test_every_recipient_can_open_alone_and_nobody_else() -> None:
    (secret_a, key_a), (secret_b, key_b), (stranger, _) = new_key(), new_key(), new_key()
    sealed = seal("slot 1: drug first", [key_a, key_b])
    assert b"drug" not in sealed
    assert (
        unseal(sealed, [secret_a], "x") == unseal(sealed, [secret_b], "x") == "slot 1: drug first"
    )
    with pytest.raises(AllocationError, match="the key does not open this"):
        unseal(sealed, [stranger], "x")


def test_a_changed_file_does_not_open() -> None:
    secret, key = new_key()
    sealed = bytearray(seal("text", [key]))
    sealed[-1] ^= 1
    with pytest.raises(AllocationError, match="changed after sealing"):
        unseal(bytes(sealed), [secret], "x")


def test_a_secret_key_is_not_taken_for_a_recipient() -> None:
    with pytest.raises(AllocationError, match="not a recipient"):
        seal("text", [new_key()[0]])


def test_key_files(tmp_path: Path) -> None:
    secret, key = new_key()
    file = tmp_path / "key.txt"
    file.write_text(f"# recipient: {key}\n\n{secret}\n")
    assert read_key(file) == (secret,)
    file.write_text(key)
    with pytest.raises(AllocationError, match="holds no key"):
        read_key(file)

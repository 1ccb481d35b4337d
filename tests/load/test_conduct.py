"""Conduct files: every problem at once, with line and key."""

from pathlib import Path

import pytest

from crossblock.core.errors import ProtocolError
from crossblock.load import catalog
from crossblock.load.conduct import read

TEXT = catalog.path("conduct", "one-site").read_text()


def test_the_shipped_one_is_sound() -> None:
    assert read("one-site").forms.screener == "cssrs-screener"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('zone = "UTC"', 'zone = "Mars/Olympus"', "unknown time zone"),
        ('guess = "blinding-guess"', 'guess = "blindng-guess"', "did you mean blinding-guess"),
        ('of = "systolic"', 'of = "sistolic"', "did you mean systolic"),
        ('instrument = "madrs"', 'instrument = "madras"', "unknown instrument"),
        ("liver_limit = { value = 3.0", "liver_limit = { value = -3.0", "too small"),
        ("earlier_scores =", "earlyer_scores =", "earlyer_scores"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    file = tmp_path / "conduct.toml"
    assert old in TEXT
    file.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(ProtocolError, match=words):
        read(file)


def test_two_sites_of_one_name(tmp_path: Path) -> None:
    file = tmp_path / "conduct.toml"
    site = '[[sites]]\nid = "a"\nlabel = "Again"\n'
    file.write_text(TEXT.replace("[gate]", f"{site}\n[gate]", 1))
    with pytest.raises(ProtocolError, match="a site twice"):
        read(file)

"""Signs of a leak: spellings found, chance left alone, anything that goes with the arm named."""

import base64
import gzip
import hashlib
import io
import zipfile

import numpy as np
import pytest

from crossblock.cli import leak_signs
from crossblock.load.protocol import read as read_protocol

PROTOCOL = read_protocol("williams-2018")
WANTED = leak_signs.spellings(PROTOCOL)
CODES = [f"A-{i:03d}" for i in range(80)]
ARM = {c: i % 2 for i, c in enumerate(CODES)}


def _zipped(text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.csv", text)
    return out.getvalue()


# Named, because an archive holds the time it was made at: as a test's name, its bytes would differ
# from one process to the next.
TEXTS = {
    "as it is": b"xx placebo-first yy",
    "upper case": b"NALTREXONE-FIRST",
    "title case": b"Placebo-First",
    "backwards": b"tsrif-obecalp",
    "rot13": b"cynprob-svefg",
    "hexadecimal": b"706c616365626f2d6669727374",
    "sha256": hashlib.sha256(b"placebo-first").hexdigest().encode(),
    "sha256 in base64": base64.b64encode(hashlib.sha256(b"placebo-first").digest()),
    "md5 of upper case": hashlib.md5(b"PLACEBO-FIRST").hexdigest().upper().encode(),
    **{
        f"base64 at {n}": base64.b64encode(b"x" * n + b"naltrexone-first" + b"y" * n)
        for n in range(6)
    },
    "base64 of an address": base64.urlsafe_b64encode(b"arm: naltrexone-first;"),
    "base32": base64.b32encode(b"placebo-first"),
    "sentence in an address": b"Placebo%20first%2C%20then%20naltrexone",
    "hyphen in an address": b"placebo%2dfirst",
    "hyphen in a page": b"placebo&#45;first",
    "letters in a page": "".join(f"&#x{ord(c):x};" for c in "placebo-first").encode(),
    "letters in JSON": "".join(f"\\u{ord(c):04x}" for c in "placebo-first").encode(),
    "gzip": gzip.compress(b"log line: placebo-first", mtime=0),
    "zip": _zipped(b"A-001,naltrexone-first"),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_every_spelling_is_found(text: bytes) -> None:
    assert list(leak_signs.spelled([("page", text)], WANTED))


def test_an_innocent_page_spells_nothing() -> None:
    text = b"Naltrexone and placebo capsules look alike. The first visit is on day 1."
    assert list(leak_signs.spelled([("page", text)], WANTED)) == []


def test_each_place_and_spelling_is_named_once() -> None:
    texts = [("page one", b"x\nplacebo-first\nplacebo-first"), ("page two", b"placebo-first\ny")]
    assert list(leak_signs.spelled(texts, WANTED)) == ["page one: placebo-first"]


def test_chance_is_left_alone_and_a_sign_is_named() -> None:
    rng = np.random.default_rng(1)
    noise = {f"noise {k}": {c: float(rng.normal()) for c in CODES} for k in range(300)}
    assert list(leak_signs.associated(noise, ARM)) == []
    told = {**noise, "length": {c: 100.0 + 3 * ARM[c] + float(rng.normal()) for c in CODES}}
    found = list(leak_signs.associated(told, ARM))
    assert len(found) == 1
    assert found[0].startswith("length goes with the arm")
    words = {**noise, "header": {c: "pq"[ARM[c]] for c in CODES}}
    assert len(list(leak_signs.associated(words, ARM))) == 1

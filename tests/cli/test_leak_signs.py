"""Signs of a leak: spellings found, chance left alone, anything that goes with the arm named."""

import base64
import hashlib

import numpy as np
import pytest

from crossblock.cli import leak_signs
from crossblock.load.protocol import read as read_protocol

PROTOCOL = read_protocol("williams-2018")
WANTED = leak_signs.spellings(PROTOCOL)
CODES = [f"A-{i:03d}" for i in range(80)]
ARM = {c: i % 2 for i, c in enumerate(CODES)}


@pytest.mark.parametrize(
    "text",
    [
        b"xx placebo-first yy", b"NALTREXONE-FIRST", b"tsrif-obecalp", b"cynprob-svefg",
        b"706c616365626f2d6669727374", hashlib.sha256(b"placebo-first").hexdigest().encode(),
        *(base64.b64encode(b"x" * n + b"naltrexone-first" + b"y" * n) for n in range(6)),
        b"Placebo%20first%2C%20then%20naltrexone",
    ],
)  # fmt: skip
def test_every_spelling_is_found(text: bytes) -> None:
    assert list(leak_signs.spelled([("page", text)], WANTED))


def test_an_innocent_page_spells_nothing() -> None:
    text = b"Naltrexone and placebo capsules look alike. The first visit is on day 1."
    assert list(leak_signs.spelled([("page", text)], WANTED)) == []


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


def test_the_classifier_is_at_chance_without_a_leak_and_above_with_one() -> None:
    rng = np.random.default_rng(2)
    codes = [f"A-{i:04d}" for i in range(600)]
    arm = {c: int(rng.integers(2)) for c in codes}
    noise = {f"n{k}": {c: float(rng.normal()) for c in codes} for k in range(40)}
    assert 0.42 < leak_signs.auc(noise, arm, 1) < 0.58
    weak = {**noise, "told": {c: arm[c] + 0.8 * float(rng.normal()) for c in codes}}
    assert leak_signs.auc(weak, arm, 1) > 0.65
    assert leak_signs.auc({}, arm, 1) == 0.5


def test_what_is_a_participants_own_is_put_out_first() -> None:
    one = b'<p>A-001 <code>7F3K-92CD</code> 12.5 <time datetime="x">1 Jul</time></p>'
    two = b'<p>B-017 <code>K29F-DD34</code> 9 <time datetime="yy">30 Jul 2026</time></p>'
    assert leak_signs.plain(one, "A-001") == leak_signs.plain(two, "B-017")

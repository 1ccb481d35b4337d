"""Signs of a leak in what was gathered: the arm in some spelling, or anything that goes with it."""

from __future__ import annotations

import base64
import codecs
import hashlib
import html
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, unquote_to_bytes

from scipy.stats import chi2_contingency, mannwhitneyu

from crossblock.cli.leak_features import FEWEST, MOST_LEVELS, Series
from crossblock.domain.protocol import Protocol

TOTAL_ALPHA = 1e-3
"""Chance that a study without any leak raises a statistical sign at all."""


def spellings(protocol: Protocol) -> dict[bytes, str]:
    """Return every spelling of the arm that must not occur, in small letters, with what it spells.

    Texts are searched in small letters too, so capitals need no spelling of their own.
    """
    words = {*protocol.sequence_ids}
    words |= {s.label for s in protocol.design.sequences if s.label}
    words |= {c.label for c in protocol.conditions if len(c.label) > 6}
    found: dict[bytes, str] = {}
    for word in sorted(words):
        for raw, form in _written(word):
            found.setdefault(raw, f"{word}{form}")
            found.setdefault(raw.lower(), f"{word}{form}")
    return found


def _written(word: str) -> Iterator[tuple[bytes, str]]:
    """Yield a word in every way in which it could be hidden, with how."""
    raw = word.encode()
    yield raw, ""
    yield quote(word).encode(), " as an address"
    yield raw[::-1], " backward"
    yield codecs.encode(word, "rot13").encode(), " rotated"
    yield raw.hex().encode(), " in hexadecimal"
    yield "".join(f"\\u{ord(c):04x}" for c in word).encode(), " as JSON escapes"
    yield "".join(f"&#{ord(c)};" for c in word).encode(), " as HTML escapes"
    yield "".join(f"&#x{ord(c):x};" for c in word).encode(), " as HTML escapes"
    yield word.encode("utf-16-le"), " in UTF-16"
    yield base64.b32encode(raw).rstrip(b"="), " in base32"
    yield base64.b85encode(raw), " in base85"
    for form in (raw, raw.upper(), raw + b"\n"):
        for name in ("md5", "sha1", "sha256", "blake2b"):
            digest = hashlib.new(name, form, usedforsecurity=False)
            yield digest.hexdigest().encode(), f", {name} of it"
            yield base64.b64encode(digest.digest()).rstrip(b"="), f", {name} of it in base64"
    for form in (raw, raw.upper()):
        for shift in range(3):
            inner = base64.b64encode(b"\0" * shift + form)
            start, end = (0, 2, 3)[shift], len(inner) - (4 if len(inner) % 4 == 0 else 2)
            if end - start > 8:
                yield inner[start:end], " in base64"
                yield inner[start:end].translate(URL_SAFE), " in base64"


URL_SAFE = bytes.maketrans(b"+/", b"-_")
PACKED = {b"\x1f\x8b": 31, b"\x78\x9c": 15, b"\x78\x01": 15, b"\x78\xda": 15}
"""How packed bytes begin, and what unpacks them."""
ZIP = b"PK"


def spelled(texts: Iterable[tuple[str, bytes]], wanted: Mapping[bytes, str]) -> Iterator[str]:
    """Yield where a spelling of the arm occurs, each place and spelling once.

    A text is searched as it is, in small letters, with its escapes resolved, and unpacked. A line
    that was searched before is named where it first stood.
    """
    said: set[tuple[str, str]] = set()
    known: set[bytes] = set()
    for where, text in texts:
        fresh = text
        if text[:2] not in PACKED and text[:2] != ZIP:
            lines = set(text.split(b"\n")) - known
            known |= lines
            fresh = b"\n".join(lines)
        for form in readings(fresh):
            for spelling, words in wanted.items():
                if spelling in form and (where, words) not in said:
                    said.add((where, words))
                    yield f"{where}: {words}"


def readings(text: bytes) -> Iterator[bytes]:
    """Yield a text in every way in which somebody may read it."""
    yield text
    low = text.lower()
    if low != text:
        yield low
    if b"&" in text:
        yield html.unescape(low.decode(errors="replace")).encode()
    if b"%" in text:
        yield unquote_to_bytes(low)
    if text[:2] in PACKED:
        try:
            yield from readings(zlib.decompress(text, PACKED[text[:2]]))
        except zlib.error:
            return
    if text[:2] == ZIP and zipfile.is_zipfile(io.BytesIO(text)):
        with zipfile.ZipFile(io.BytesIO(text)) as archive:
            for name in archive.namelist():
                yield name.encode().lower()
                yield from readings(archive.read(name))


def associated(series: Mapping[str, Series], arm: Mapping[str, int]) -> Iterator[str]:
    """Yield the features that go with the arm more than chance lets them, each with its p.

    Numbers by the Mann-Whitney test, words of few levels by chi-square; the threshold is divided by
    the number of features that vary, so that a study without a leak raises nothing.
    """
    found = {name: _p(values, arm) for name, values in series.items()}
    level = TOTAL_ALPHA / max(1, sum(p is not None for p in found.values()))
    for name, p in found.items():
        if p is not None and p < level:
            yield f"{name} goes with the arm (p = {p:.0e})"


def _p(values: Series, arm: Mapping[str, int]) -> float | None:
    """Return the probability of such a difference by chance, or None where nothing varies."""
    codes = [c for c in values if c in arm]
    both = [[values[c] for c in codes if arm[c] == k] for k in sorted(set(arm.values()))]
    if len(both) < 2 or min(map(len, both)) < FEWEST:
        return None
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values.values()):
        if len(set(values.values())) < 2:
            return None
        return float(mannwhitneyu(both[0], [v for rest in both[1:] for v in rest]).pvalue)
    levels = sorted({str(values[c]) for c in codes})
    if not 2 <= len(levels) <= MOST_LEVELS:
        return None
    table = [[Counter(map(str, group))[v] for v in levels] for group in both]
    return float(chi2_contingency(table).pvalue)

"""Signs of a leak in what was gathered: the arm in some spelling, or anything that goes with it."""

from __future__ import annotations

import base64
import codecs
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2_contingency, mannwhitneyu

from crossblock.domain.protocol import Protocol

MOST_LEVELS = 12
FEWEST = 3
TOTAL_ALPHA = 1e-3
"""Chance that a study without any leak raises a statistical sign at all."""
FOLDS = 5
RIDGE = 1.0


def spellings(protocol: Protocol) -> dict[bytes, str]:
    """Return every spelling of the arm that must not occur, with what it spells."""
    words = {*protocol.sequence_ids}
    words |= {s.label for s in protocol.design.sequences if s.label}
    words |= {c.label for c in protocol.conditions if len(c.label) > 6}
    found: dict[bytes, str] = {}
    for word in words:
        raw = word.encode()
        found.setdefault(raw, word)
        found.setdefault(raw.upper(), f"{word} in capitals")
        found.setdefault(quote(word).encode(), f"{word} as an address")
        found.setdefault(raw[::-1], f"{word} backward")
        found.setdefault(codecs.encode(word, "rot13").encode(), f"{word} rotated")
        found.setdefault(raw.hex().encode(), f"{word} in hexadecimal")
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, raw, usedforsecurity=False).hexdigest()
            found.setdefault(digest.encode(), f"{name} of {word}")
        for shift in range(3):
            inner = base64.b64encode(b"\0" * shift + raw)
            start, end = (0, 2, 3)[shift], len(inner) - (4 if len(inner) % 4 == 0 else 2)
            if end - start > 8:
                found.setdefault(inner[start:end], f"{word} in base64")
    return found


def spelled(texts: Iterable[tuple[str, bytes]], wanted: Mapping[bytes, str]) -> Iterator[str]:
    """Yield where a spelling of the arm occurs, each place and spelling once."""
    said = set()
    longest_first = sorted(wanted, key=len, reverse=True)
    pattern = re.compile(b"|".join(re.escape(w) for w in longest_first))
    for where, text in texts:
        for hit in set(pattern.findall(text)):
            if (where, hit) not in said:
                said.add((where, hit))
                yield f"{where}: {wanted[hit]}"


Series = dict[str, Any]
"""Participant code to a value."""


def associated(series: Mapping[str, Series], arm: Mapping[str, int]) -> Iterator[str]:
    """Yield the features that go with the arm more than chance lets them, each with its p.

    Numbers by the Mann-Whitney test, words of few levels by chi-square; the threshold is divided by
    the number of features, so that a study without a leak raises nothing.
    """
    level = TOTAL_ALPHA / max(1, len(series))
    for name, values in series.items():
        p = _p(values, arm)
        if p < level:
            yield f"{name} goes with the arm (p = {p:.0e})"


def _p(values: Series, arm: Mapping[str, int]) -> float:
    codes = [c for c in values if c in arm]
    both = [[values[c] for c in codes if arm[c] == k] for k in sorted(set(arm.values()))]
    if len(both) < 2 or min(map(len, both)) < FEWEST:
        return 1.0
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values.values()):
        if len(set(values.values())) < 2:
            return 1.0
        return float(mannwhitneyu(both[0], [v for rest in both[1:] for v in rest]).pvalue)
    levels = sorted({str(v) for v in values.values()})
    if not 2 <= len(levels) <= MOST_LEVELS:
        return 1.0
    table = [[Counter(map(str, group))[v] for v in levels] for group in both]
    return float(chi2_contingency(table).pvalue)


def page_series(seen: Sequence[Any]) -> dict[str, Series]:
    """Return features of pages by participant: length, words, headers, time, questions asked.

    What is the participant's own (code, kit, checksums, times) is put out of the text first.
    """
    found: dict[str, Series] = defaultdict(dict)
    for s in seen:
        if not s.code:
            continue
        at = f"{s.role}, {s.kind}"
        text = plain(s.body, s.code)
        found[f"{at}: length"][s.code] = len(text)
        found[f"{at}: status"][s.code] = str(s.status)
        found[f"{at}: questions to the database"][s.code] = s.queries
        found[f"{at}: time"][s.code] = s.ms
        for key, value in s.headers:
            if key not in {"Content-Length"}:
                found[f"{at}: header {key}"][s.code] = value.replace(s.code, "")
    return found


OWN = re.compile(
    rb"[0-9a-f]{16,}|(DRY-)?[2-9A-Z]{4}-[2-9A-Z]{4}|<time[^>]*>[^<]*</time>|value=\"[^\"]*\"|"
    rb"/(entry|sign|saved|alert)/\d+/|\b\d+(\.\d+)?\b|<pre.*?</pre>",
    re.DOTALL,
)


def plain(body: bytes, code: str) -> bytes:
    """Return a page without what belongs to the participant alone."""
    return OWN.sub(b"", body.replace(code.encode(), b""))


def order_series(seen: Sequence[Any], codes: Sequence[str]) -> dict[str, Series]:
    """Return where each participant stands in every list that names them."""
    found: dict[str, Series] = {}
    pattern = re.compile("|".join(map(re.escape, sorted(codes, key=len, reverse=True))).encode())
    for s in seen:
        if s.code:
            continue
        order = list(dict.fromkeys(m.decode() for m in pattern.findall(s.body)))
        if len(order) > 2 * FEWEST:
            found[f"{s.role}, {s.path}: order"] = {c: i for i, c in enumerate(order)}
    return found


def table_series(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Series]:
    """Return every column of every table that is about participants."""
    people = {row["id"]: row["code"] for row in tables["record_participant"]}
    found: dict[str, Series] = defaultdict(dict)
    for table, rows in tables.items():
        for row in rows:
            code = str(row.get("code") or people.get(row.get("participant_id", -1), ""))
            if code not in people.values():
                continue
            group = "".join(str(row.get(k, "")) for k in ("name", "form", "move", "period"))
            for column, value in row.items():
                if isinstance(value, int | float | str) and not column.startswith("content"):
                    found[f"table {table} {group}, {column}"][code] = value
    return found


def kit_series(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Series]:
    """Return every letter of every kit, by participant."""
    people = {row["id"]: row["code"] for row in tables["record_participant"]}
    slot_of = {row["slot_id"]: people[row["participant_id"]] for row in tables["trial_allocation"]}
    found: dict[str, Series] = defaultdict(dict)
    for row in tables["trial_slot"]:
        if row["id"] not in slot_of:
            continue
        letters = re.sub(r"[^2-9A-Z]", "", row["kits"].replace("DRY-", ""))
        for i, letter in enumerate(letters):
            found[f"kit letter {i + 1} of both periods"][slot_of[row["id"]]] = ord(letter)
    return found


def auc(series: Mapping[str, Series], arm: Mapping[str, int], seed: int) -> float:
    """Return the cross-validated area under the curve of a ridge-regressed score on all features.

    0.5 is chance. Words of few levels enter as indicators; features that somebody lacks as 0.
    """
    codes = sorted(arm)
    X = _design(series, codes)
    y = np.array([float(arm[c]) for c in codes])
    if X.shape[1] == 0 or len(set(y)) < 2:
        return 0.5
    order = np.random.default_rng(seed).permutation(len(codes))
    score = np.zeros(len(codes))
    for fold in range(FOLDS):
        out = order[fold::FOLDS]
        kept = np.setdiff1d(order, out)
        mean, spread = X[kept].mean(axis=0), X[kept].std(axis=0)
        Z = (X - mean) / np.where(spread > 0, spread, 1.0)
        gram = Z[kept] @ Z[kept].T + RIDGE * Z.shape[1] * np.eye(len(kept))
        weights = Z[kept].T @ np.linalg.solve(gram, y[kept] - y[kept].mean())
        # ranks within a fold: folds have different means
        score[out] = np.argsort(np.argsort(Z[out] @ weights)) / len(out)
    one, none = score[y == 1], score[y == 0]
    return float(mannwhitneyu(one, none).statistic / (len(one) * len(none)))


def _design(series: Mapping[str, Series], codes: Sequence[str]) -> NDArray[np.float64]:
    columns = []
    for values in series.values():
        known = [values.get(c, 0) for c in codes]
        if all(isinstance(v, int | float) for v in known):
            columns.append(np.array(known, dtype=np.float64))
            continue
        levels = sorted({str(v) for v in known})
        if 2 <= len(levels) <= MOST_LEVELS:
            columns += [np.array([float(str(v) == level) for v in known]) for level in levels[1:]]
    useful = [c for c in columns if c.std() > 0]
    return np.stack(useful, axis=1) if useful else np.zeros((len(codes), 0))

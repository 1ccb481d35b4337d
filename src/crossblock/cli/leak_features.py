"""All that a blinded person can measure of a participant, as named series of numbers and words.

Pages (bytes, words, headers, time, questions asked of the database), lists (order), tables
(numbers, remainders, times, letters of hashes), kits, exports, logs, and the ratings themselves.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

Series = dict[str, Any]
"""Participant code to a value."""
Rows = Sequence[Mapping[str, Any]]

MOST_LEVELS = 12
FEWEST = 3
BESIDE = 12
"""The time of an answer is held against so many answers before it and after it."""
GROUPED = ("name", "form", "visit", "rater", "move", "period", "action", "number_of")
CODE = re.compile(rb"\b[A-Z0-9]{1,16}-[0-9]{3,6}\b")
WORD = re.compile(rb"[A-Za-z\x80-\xff]{2,}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z")
OWN = re.compile(
    rb"[0-9a-f]{16,}|(DRY-)?[2-9A-Z]{4}-[2-9A-Z]{4}|<time[^>]*>[^<]*</time>|value=\"[^\"]*\"|"
    rb"/(entry|sign|saved|alert)/\d+/|\b\d+(\.\d+)?\b|<pre.*?</pre>",
    re.DOTALL,
)


def everything(found: Any, codes: Sequence[str]) -> dict[str, Series]:
    """Return every series of what was gathered, the ratings among them."""
    return {
        **page_series(found.seen),
        **order_series(found.seen, codes),
        **table_series(found.tables),
        **kit_series(found.tables),
        **export_series(found.exports, codes),
        **log_series(found.log, codes),
        **rating_series(found.tables),
    }


def plain(body: bytes, code: str) -> bytes:
    """Return a page without what belongs to the participant alone."""
    return OWN.sub(b"", body.replace(code.encode(), b""))


def page_series(seen: Iterable[Any]) -> dict[str, Series]:
    """Return features of pages by participant.

    Length as sent and packed; then length, wording and words without what is the participant's own
    (code, kit, checksums, times, numbers); status, headers, time, questions to the database.
    """
    about = [s for s in seen if s.code]
    kinds: dict[str, list[Any]] = defaultdict(list)
    for s in about:
        kinds[f"{s.role}, {s.kind}"].append(s)
    found: dict[str, Series] = defaultdict(dict)
    for at, pages in kinds.items():
        texts = {s.code: plain(s.body, s.code) for s in pages}
        for s in pages:
            code, text = s.code, texts[s.code]
            found[f"{at}: length"][code] = len(text)
            found[f"{at}: length as sent"][code] = len(s.body)
            found[f"{at}: length packed"][code] = len(zlib.compress(s.body, 1))
            found[f"{at}: wording"][code] = f"{zlib.crc32(text):08x}"
            found[f"{at}: status"][code] = str(s.status)
            found[f"{at}: questions to the database"][code] = s.queries
            found[f"{at}: time"][code] = s.ms
            for key, value in s.headers:
                if key not in {"Content-Length"}:
                    found[f"{at}: header {key}"][code] = value.replace(code, "")
        found |= {f"{at}: {name}": values for name, values in _words(texts).items()}
    return {**found, **_pace(about)}


def _words(texts: Mapping[str, bytes]) -> dict[str, Series]:
    """Return how often each word stands on a page, if that is not the same for everybody."""
    counts = {code: Counter(WORD.findall(text)) for code, text in texts.items()}
    every = set().union(*counts.values())
    found: dict[str, Series] = {}
    for word in sorted(every):
        often = {code: count[word] for code, count in counts.items()}
        if len(set(often.values())) > 1:
            found[f"word {word.decode()}"] = often
    return found


def _pace(seen: Sequence[Any]) -> dict[str, Series]:
    """Return the time of every answer against the answers just before and after it.

    A machine with other work to do is slow for all of them; what is left is the answer's own: the
    logarithm of its time over the usual time of its kind, less the median of that around it.
    """
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for s in seen:
        times[s.role, s.kind].append(s.ms)
    usual = {kind: np.median(ms) for kind, ms in times.items()}
    found: dict[str, Series] = defaultdict(dict)
    for role in sorted({s.role for s in seen}):
        mine = [s for s in seen if s.role == role]
        slow = np.log([s.ms / usual[role, s.kind] for s in mine])
        own = slow - median_filter(slow, 2 * BESIDE + 1, mode="nearest")
        for s, value in zip(mine, own.tolist(), strict=True):
            found[f"{role}, {s.kind}: time against those beside it"][s.code] = value
    return found


def order_series(seen: Iterable[Any], codes: Sequence[str]) -> dict[str, Series]:
    """Return where each participant stands in every list that names them, over all its pages."""
    known = {c.encode() for c in codes}
    lists: dict[str, dict[str, int]] = defaultdict(dict)
    for s in seen:
        if s.code:
            continue
        place = lists[f"{s.role}, {s.path.split('?')[0]}: order"]
        for hit in CODE.findall(s.body):
            if hit in known:
                place.setdefault(hit.decode(), len(place))
    return {name: dict(place) for name, place in lists.items() if len(place) > 2 * FEWEST}


def owners(tables: Mapping[str, Rows]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield (table, participant code, row) for every row that is about a participant.

    A row says so itself or points at one that does; an entry's form and visit go along to its
    versions.
    """
    people = {r["id"]: r["code"] for r in tables.get("record_participant", ())}
    entries = {r["id"]: r for r in tables.get("record_entry", ())}
    versions = {r["id"]: entries.get(r["entry_id"], {}) for r in tables.get("record_version", ())}
    alerts = {r["id"]: r for r in tables.get("trial_alert", ())}
    slots = {r["slot_id"]: r for r in tables.get("trial_allocation", ())}
    for table, rows in tables.items():
        for row in rows:
            about: Mapping[str, Any] = row
            if "entry_id" in row:
                about = entries.get(row["entry_id"], {})
            elif "alert_id" in row:
                about = alerts.get(row["alert_id"], {})
            elif "version_id" in row and "participant_id" not in row:
                about = versions.get(row["version_id"], {})
            elif table == "trial_slot":
                about = slots.get(row["id"], {})
            code = row.get("code") or row.get("participant") if table.startswith("record") else ""
            code = code or people.get(about.get("participant_id", -1), "")
            if code:
                yield table, str(code), {**{k: about.get(k, "") for k in ("form", "visit")}, **row}


def table_series(tables: Mapping[str, Rows]) -> dict[str, Series]:
    """Return every column of every table that is about participants, and how many rows they have.

    Numbers with their remainders by 2 and 3 (an even id may mean something), times with the part of
    the second, long words by length and by their first and last letter.
    """
    found: dict[str, Series] = defaultdict(dict)
    for table, code, row in owners(tables):
        group = " ".join(str(row[k]) for k in GROUPED if row.get(k) not in {None, ""})
        at = f"table {table} {group}".rstrip()
        found[f"table {table}: rows"][code] = found[f"table {table}: rows"].get(code, 0) + 1
        for column, value in row.items():
            for part, number in _parts(value):
                found[f"{at}, {column}{part}"][code] = number
    return found


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the features of one value, by what is said after its column's name."""
    if isinstance(value, str) and MOMENT.fullmatch(value):
        value = datetime.fromisoformat(value)
    if isinstance(value, bool):
        yield "", str(value)
    elif isinstance(value, datetime):
        yield "", value.timestamp()
        yield ", seconds", value.second + value.microsecond / 1e6
        yield ", part of the second", value.microsecond
        yield ", microseconds by 2", value.microsecond % 2
    elif isinstance(value, int | float):
        yield "", value
        if isinstance(value, int):
            yield " by 2", value % 2
            yield " by 3", value % 3
    elif isinstance(value, str) and value:
        yield "", value
        yield ", length", len(value)
        yield ", first letter", ord(value[0])
        yield ", last letter", ord(value[-1])


def kit_series(tables: Mapping[str, Rows]) -> dict[str, Series]:
    """Return every letter of every kit, and how a participant's kits stand to each other."""
    people = {row["id"]: row["code"] for row in tables.get("record_participant", ())}
    slot_of = {
        row["slot_id"]: people[row["participant_id"]] for row in tables.get("trial_allocation", ())
    }
    found: dict[str, Series] = defaultdict(dict)
    for row in tables.get("trial_slot", ()):
        code = slot_of.get(row["id"])
        if code is None:
            continue
        for column in ("kits", "spares"):
            kits = [
                re.sub(r"[^2-9A-Z]", "", k.replace("DRY-", "")) for k in json.loads(row[column])
            ]
            for i, letter in enumerate("".join(kits)):
                found[f"{column}: letter {i + 1} of all periods"][code] = ord(letter)
            found[f"{column}: which comes first"][code] = int(kits[0] < kits[-1])
            for period, kit in enumerate(kits, start=1):
                number = int(kit, 36)
                found[f"{column}: size in period {period}"][code] = number
                found[f"{column}: odd or even in period {period}"][code] = number % 2
    return found


def export_series(exports: Mapping[str, bytes], codes: Sequence[str]) -> dict[str, Series]:
    """Return rows, characters and place of every participant in every exported table."""
    found: dict[str, Series] = defaultdict(dict)
    known = set(codes)
    for name, data in exports.items():
        for index, row in enumerate(data.decode().splitlines()):
            for code in known.intersection(row.split(",", 3)[:3]):
                rows = found[f"export {name}: rows"]
                if code not in rows:
                    found[f"export {name}: place"][code] = index
                rows[code] = rows.get(code, 0) + 1
                size = found[f"export {name}: characters"]
                size[code] = size.get(code, 0) + len(row)
    return found


def log_series(lines: Sequence[str], codes: Sequence[str]) -> dict[str, Series]:
    """Return how many log lines name a participant, and their characters."""
    if not lines:
        return {}
    count, size = dict.fromkeys(codes, 0), dict.fromkeys(codes, 0)
    for line in lines:
        for hit in {h.decode() for h in CODE.findall(line.encode())} & count.keys():
            count[hit] += 1
            size[hit] += len(line)
    return {"log: lines": count, "log: characters": size}


def rating_series(tables: Mapping[str, Rows]) -> dict[str, Series]:
    """Return what was rated: answers and scores, and their change from one period to the next."""
    entries = {row["id"]: row for row in tables.get("record_entry", ())}
    people = {row["id"]: row["code"] for row in tables.get("record_participant", ())}
    found: dict[str, Series] = defaultdict(dict)
    for row in sorted(tables.get("record_version", ()), key=lambda r: r["number"]):
        entry = entries[row["entry_id"]]
        content = json.loads(row["content"])
        if not entry["visit"]:
            continue
        code = people[entry["participant_id"]]
        for part in ("answers", "values"):
            for item, value in content.get(part, {}).items():
                if isinstance(value, int | float):
                    at = f"{entry['form']} {entry['visit']}, {part} {item}"
                    found[f"rating {at}, period {entry['period']}"][code] = value
    return {**found, **_changes(found)}


def _changes(found: Mapping[str, Series]) -> dict[str, Series]:
    """Return period 2 less period 1 of everything that was rated in both."""
    made: dict[str, Series] = {}
    for name, first in found.items():
        second = found.get(name.replace(", period 1", ", period 2"))
        if name.endswith(", period 1") and second:
            both = first.keys() & second.keys()
            made[f"{name} to 2"] = {c: second[c] - first[c] for c in both}
    return made


def design(series: Mapping[str, Series], codes: Sequence[str]) -> NDArray[np.float64]:
    """Return (people, features): numbers as they are, words of few levels as indicators.

    What somebody lacks is the median of the others, with an indicator; columns that do not vary or
    stand there already are left out.
    """
    kept: dict[bytes, NDArray[np.float64]] = {}
    for values in series.values():
        for column in _columns(values, codes):
            if np.ptp(column) > 0:
                kept.setdefault(column.tobytes(), column)
    return np.stack(list(kept.values()), axis=1) if kept else np.zeros((len(codes), 0))


def _columns(values: Series, codes: Sequence[str]) -> Iterator[NDArray[np.float64]]:
    there = np.array([c in values for c in codes])
    known = [values[c] for c in codes if c in values]
    if not known:
        return
    if not there.all():
        yield there.astype(np.float64)
    if all(isinstance(v, int | float) for v in known):
        column = np.full(len(codes), float(np.median(known)))
        column[there] = known
        yield column
        return
    words = [str(values.get(c, "")) for c in codes]
    levels = sorted(set(words))
    if 2 <= len(levels) <= MOST_LEVELS:
        for level in levels[1:]:
            yield np.array([float(w == level) for w in words])

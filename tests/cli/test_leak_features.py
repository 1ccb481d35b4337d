"""What is measured of a participant: each kind of sign becomes a series, noise of one's own not."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from crossblock.cli import leak_features

AT = datetime(2026, 7, 1, 9, 30, 15, 7, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    code: str
    body: bytes
    role: str = "monitor"
    kind: str = "timeline"
    path: str = "/p/"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("ETag", "A-001-x"),)
    ms: float = 5.0
    queries: int = 3


TABLES = {
    "record_participant": [{"id": 4, "code": "A-001"}, {"id": 9, "code": "A-002"}],
    "record_entry": [
        {"id": 1, "participant_id": 4, "form": "hamd17", "visit": "d1", "period": 1},
        {"id": 2, "participant_id": 4, "form": "hamd17", "visit": "d1", "period": 2},
    ],
    "record_version": [
        {"id": n, "entry_id": n, "number": 1, "at": AT,
         "content": json.dumps({"answers": {"item1": 2.0 + n}, "values": {"total": 9.0}})}
        for n in (1, 2)
    ],
    "record_event": [{"seq": 5, "participant": "A-002", "action": "rating.save", "hash": "abf"}],
    "trial_allocation": [{"slot_id": 7, "participant_id": 9, "id": 1}],
    "trial_slot": [{"id": 7, "kits": '["DRY-ABCD-EFGH", "DRY-2345-6789"]', "spares": '["A", "B"]'}],
}  # fmt: skip


def test_what_is_a_participants_own_is_put_out_first() -> None:
    one = b'<p>A-001 <code>7F3K-92CD</code> 12.5 <time datetime="x">1 Jul</time></p>'
    two = b'<p>B-017 <code>K29F-DD34</code> 9 <time datetime="yy">30 Jul 2026</time></p>'
    assert leak_features.plain(one, "A-001") == leak_features.plain(two, "B-017")


def test_a_page_is_length_wording_words_headers_and_time() -> None:
    found = leak_features.page_series([Page("A-001", b"well done"), Page("A-002", b"done well")])
    at = "monitor, timeline"
    assert found[f"{at}: length"] == {"A-001": 9, "A-002": 9}
    assert found[f"{at}: wording"]["A-001"] != found[f"{at}: wording"]["A-002"]
    assert found[f"{at}: header ETag"]["A-001"] == "-x"
    assert found[f"{at}: time"] == {"A-001": 5.0, "A-002": 5.0}


def test_a_word_is_counted_where_it_is_not_the_same_for_everybody() -> None:
    pages = [Page("A-001", b"in order, on one axis"), Page("A-002", b"in order, in one axis")]
    found = leak_features.page_series(pages)
    words = {name: s for name, s in found.items() if ": word " in name}
    assert words == {
        "monitor, timeline: word in": {"A-001": 1, "A-002": 2},
        "monitor, timeline: word on": {"A-001": 1, "A-002": 0},
    }


def test_a_machine_that_is_slow_for_all_is_not_an_answer_that_is_slow() -> None:
    """Pages of two kinds, three times as slow from the middle on; one answer is slow by itself."""
    codes = [f"A-{i:03d}" for i in range(100)]
    slow = {c: 3.0 if i >= 50 else 1.0 for i, c in enumerate(codes)}
    pages = [
        Page(c, b"", kind=kind, ms=ms * slow[c] * (1.25 if (c, kind) == ("A-070", "gate") else 1))
        for c in codes
        for kind, ms in (("timeline", 12.0), ("gate", 3.0))
    ]
    found = leak_features.page_series(pages)
    gate = found["monitor, gate: time against those beside it"]
    assert max(gate, key=gate.__getitem__) == "A-070"
    np.testing.assert_allclose(gate.pop("A-070"), np.log(1.25), rtol=1e-12)
    np.testing.assert_allclose(list(gate.values()), 0, atol=1e-12)


def test_an_order_goes_on_over_pages() -> None:
    codes = [f"A-{i:03d}" for i in range(1, 11)]
    pages = [
        Page("", " ".join(codes[:5]).encode(), path="/participants/"),
        Page("", " ".join(codes[5:]).encode(), path="/participants/?page=2"),
    ]
    assert leak_features.order_series(pages, codes) == {
        "monitor, /participants/: order": {c: i for i, c in enumerate(codes)}
    }


def test_rows_are_traced_to_their_participant() -> None:
    found = {(t, c) for t, c, _ in leak_features.owners(TABLES)}
    assert ("record_version", "A-001") in found
    assert ("record_event", "A-002") in found
    assert ("trial_slot", "A-002") in found


def test_numbers_have_remainders_and_times_their_last_digit() -> None:
    found = leak_features.table_series(TABLES)
    assert found["table record_version hamd17 d1, id by 2"]["A-001"] == 0
    assert found["table record_version hamd17 d1, at, microseconds by 2"]["A-001"] == 1
    assert found["table record_version: rows"] == {"A-001": 2}
    assert found["table record_event rating.save, hash, last letter"]["A-002"] == ord("f")


def test_kits_are_letters_and_which_comes_first() -> None:
    found = leak_features.kit_series(TABLES)
    assert found["kits: letter 1 of all periods"] == {"A-002": ord("A")}
    assert found["kits: which comes first"] == {"A-002": 0}


def test_exports_and_logs_count_rows_of_each() -> None:
    codes = ["A-001", "A-002"]
    found = leak_features.export_series({"t.csv": b"participant,x\nA-002,1\nA-002,2\n"}, codes)
    assert found["export t.csv: rows"] == {"A-002": 2}
    assert found["export t.csv: place"] == {"A-002": 1}
    assert leak_features.log_series(["saw A-001"], codes)["log: lines"] == {"A-001": 1, "A-002": 0}
    assert leak_features.log_series([], codes) == {}


def test_ratings_and_their_change() -> None:
    found = leak_features.rating_series(TABLES)
    assert found["rating hamd17 d1, answers item1, period 1"] == {"A-001": 3.0}
    assert found["rating hamd17 d1, answers item1, period 1 to 2"] == {"A-001": 1.0}


def test_the_design_keeps_what_varies_once_and_says_who_lacks_it() -> None:
    codes = ["a", "b", "c", "d"]
    series = {
        "same": dict.fromkeys(codes, 1),
        "number": {"a": 1.0, "b": 2.0, "c": 4.0, "d": 9.0},
        "number again": {"a": 1.0, "b": 2.0, "c": 4.0, "d": 9.0},
        "lacking": {"a": 5.0, "b": 7.0, "c": 9.0},
        "word": {"a": "p", "b": "p", "c": "q", "d": "q"},
    }
    X = leak_features.design(series, codes)
    assert X.T.tolist() == [
        [1, 2, 4, 9], [1, 1, 1, 0], [5, 7, 9, 7], [0, 0, 1, 1],
    ]  # fmt: skip
    assert leak_features.design({}, codes).shape == (4, 0)
    assert np.isfinite(X).all()

"""What is typed: read, or given back with its sentence; nothing is guessed."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossblock.load import catalog, instrument
from crossblock.server.record.sheet import Question, Sheet, of_instrument, read, read_moment

HAMD = of_instrument(instrument.read("hamd17"))
SHEET = Sheet(
    id="s",
    title="S",
    questions=(
        Question(id="n", label="N", kind="number", low=-3, high=10, unit="kg"),
        Question(id="w", label="W", kind="whole", low=0, high=9, needed=False),
        Question(id="c", label="C", kind="choice", choices=(("yes", "yes"), ("no", "no"))),
        Question(id="t", label="T", kind="text", needed=False),
        Question(id="d", label="D", kind="date", needed=False),
        Question(id="g", label="G", kind="whole", low=0, high=1, asked_if=("n", 5.0)),
    ),
)


@pytest.mark.parametrize("name", catalog.names("instruments"))
def test_every_instrument_becomes_a_form(name: str) -> None:
    sheet = of_instrument(instrument.read(name))
    assert sheet.questions
    assert len({q.id for q in sheet.questions}) == len(sheet.questions)


@pytest.mark.parametrize(
    ("key", "text", "answer"),
    [("n", "2,5", 2.5), ("n", "-3", -3.0), ("n", " 7 ", 7.0), ("w", "9", 9.0), ("c", "yes", "yes"),
     ("t", "=1+1", "=1+1"), ("d", "2024-02-29", "2024-02-29"), ("n", ".5", 0.5)],
)  # fmt: skip
def test_readable(key: str, text: str, answer: object) -> None:
    assert read(SHEET, {key: text}).answers[key] == answer


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [("n", "ten", "in digits"), ("n", "11", "from -3 to 10 kg"), ("n", "1e400", "in digits"),
     ("n", "NaN", "in digits"), ("n", "inf", "in digits"), ("n", "0x10", "in digits"),
     ("n", "٣", "in digits"), ("w", "1.5", "whole number"), ("c", "maybe", "answers shown"),
     ("t", "x" * 1001, "At most 1000"), ("t", "a\u202eb", "invisible"), ("t", "a\0b", "invisible"),
     ("d", "2026-02-30", "year-month-day"), ("d", "2026-W05", "year-month-day"),
     ("d", "20260101", "year-month-day")],
)  # fmt: skip
def test_unreadable_comes_back_with_a_sentence(key: str, text: str, words: str) -> None:
    found = read(SHEET, {key: text})
    assert words in found.faults[key]
    assert key not in found.answers


def test_a_shut_gate_is_neither_asked_nor_missing() -> None:
    assert read(SHEET, {"n": "2", "c": "no"}).unanswered == ()
    assert read(SHEET, {"n": "6", "c": "no"}).unanswered == ("g",)


@given(st.dictionaries(st.sampled_from([q.id for q in HAMD.questions]), st.text(max_size=8)))
def test_answers_of_an_instrument_are_always_in_range(typed: dict[str, str]) -> None:
    found = read(HAMD, typed)
    for key, value in found.answers.items():
        question = next(q for q in HAMD.questions if q.id == key)
        assert isinstance(value, float)
        assert math.isfinite(value)
        assert question.low <= value <= question.high
    assert set(found.answers).isdisjoint(found.faults)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-21T14:02", datetime(2026, 11, 21, 13, 2, tzinfo=UTC)),
        ("2026-03-29T02:30", None),
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2024-02-29T00:00", datetime(2024, 2, 28, 23, 0, tzinfo=UTC)),
        ("2026-13-01T00:00", None),
        ("0001-01-01T00:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_local_times_and_clock_changes(text: str, moment: datetime | None) -> None:
    assert read_moment(text, "Europe/Berlin") == moment

"""One pass over ratings: people, sequences and scores agree with the protocol."""

import math

import pytest

from crossblock.core.errors import RatingsError
from crossblock.load import protocol, tidy
from tests.golden.cases import STUDY, TABLE, changed

STUDY_NOUN = protocol.parse(STUDY.encode(), "study.toml")


def read(tmp_path, text, people=None):
    file = tmp_path / "r.csv"
    file.write_text(text, encoding="utf-8")
    listed = None
    if people is not None:
        listed = tmp_path / "people.csv"
        listed.write_text(people, encoding="utf-8")
    return tidy.read(file, STUDY_NOUN, listed)


def whats(tmp_path, text, people=None):
    with pytest.raises(RatingsError) as caught:
        read(tmp_path, text, people)
    return [p.what for p in caught.value.problems]


def test_people_keep_their_order_and_sequence(tmp_path):
    found = read(tmp_path, TABLE)
    assert [(name, p.sequence) for name, p in found.people.items()] == [("P1", 0), ("P2", 1)]


def test_the_participants_table_fixes_who_exists(tmp_path):
    found = read(tmp_path, TABLE, "participant,sequence,age\nP2,bo,3\nP9,,4\nP1,ob,5\n")
    assert list(found.people) == ["P2", "P9", "P1"]
    assert found.people["P9"].sequence == -1
    assert all(math.isnan(x) for x in found.people["P9"].scores)


@pytest.mark.parametrize(
    ("people", "what"),
    [
        ("participant\nP1\n", "unknown participant"),
        ("participant\nP1\nP1\nP2\n", "a participant is listed twice"),
        ("participant,sequence\nP1,bo\nP2,bo\n", "a participant with two sequences"),
        ("participant,sequence\nP1,xx\nP2,bo\n", "unknown sequence"),
        ("name\nP1\n", "missing column participant"),
        ("participant\nP 1\nP1\nP2\n", "not a plain participant id"),
    ],
)
def test_the_participants_table_is_checked(tmp_path, people, what):
    assert what in whats(tmp_path, TABLE, people)


@pytest.mark.parametrize("text", ["", "NA", "n/a"])
def test_missing_scores_are_missing(tmp_path, text):
    found = read(tmp_path, changed(TABLE, ("hamd17,12", f"hamd17,{text}")))
    assert sum(not math.isnan(x) for x in found.people["P1"].scores) == 3


@pytest.mark.parametrize("text", ["12", "12.0", "1.2e1", "+12"])
def test_numbers_are_plain_decimals(tmp_path, text):
    found = read(tmp_path, changed(TABLE, ("hamd17,12", f"hamd17,{text}")))
    assert 12.0 in found.people["P1"].scores


@pytest.mark.parametrize(
    "text",
    ["NaN", "inf", "-inf", "1e400", "1_2", "\uff11\uff12", "0x10", "12 points", "=6+6", "1e99999"],
)
def test_anything_else_is_not_a_score(tmp_path, text):
    assert whats(tmp_path, changed(TABLE, ("hamd17,12", f"hamd17,{text}"))) == ["not a score"]


@pytest.mark.parametrize("score", ["-1", "52.5", "53", "1e300"])
def test_scores_keep_to_their_range(tmp_path, score):
    found = whats(tmp_path, changed(TABLE, ("hamd17,12", f"hamd17,{score}")))
    assert found == ["the score lies outside the range of its instrument"]


def test_the_ends_of_the_range_are_allowed(tmp_path):
    text = changed(TABLE, ("hamd17,12", "hamd17,52"), ("hamd17,18", "hamd17,0"))
    scores = read(tmp_path, text).people["P1"].scores
    assert {0.0, 52.0} <= {x for x in scores if not math.isnan(x)}


def test_sealed_tables_are_read_without_sequences(tmp_path):
    sealed = TABLE.replace(",ob,", ",sealed,").replace(",bo,", ",,")
    sealed = sealed.replace(",open", ",").replace(",blocked", ",sealed")
    found = read(tmp_path, sealed)
    assert [p.sequence for p in found.people.values()] == [-1, -1]


def test_the_same_row_twice_is_found_even_when_empty(tmp_path):
    twice = TABLE + "P2,bo,2,d1,hamd17,20,open\n"
    assert whats(tmp_path, twice) == ["two rows for one visit"]


def test_all_problems_come_together(tmp_path):
    text = changed(
        TABLE, ("hamd17,12", "hamd17,99"), ("P1,ob,2", "P1,bo,2"), ("P2,bo,1,d1", "P2,bo,1,d9")
    )
    assert len(whats(tmp_path, text)) == 3


def test_reading_stops_after_a_thousand_problems(tmp_path):
    text = TABLE + "P1,ob,1,nowhere,hamd17,1,\n" * 5000
    assert len(whats(tmp_path, text)) == 1000


def test_more_people_than_one_study_can_have(tmp_path, monkeypatch):
    monkeypatch.setattr(tidy, "MOST_PEOPLE", 1)
    assert whats(tmp_path, TABLE) == ["more participants than one study can have"]

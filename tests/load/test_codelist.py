"""Open sequences, in the order of the ratings, and never from a sealed table."""

import pytest

from crossblock.core.errors import AllocationError
from crossblock.load import codelist, protocol, ratings
from tests.golden.cases import STUDY, TABLE

STUDY_NOUN = protocol.parse(STUDY.encode(), "study.toml")


def test_sequences_line_up_with_the_ratings(tmp_path):
    (tmp_path / "ratings.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "participants.csv").write_text("participant\nP2\nP0\nP1\n", encoding="utf-8")
    scores = ratings.read(tmp_path, STUDY_NOUN)
    codes = codelist.read_open(tmp_path, STUDY_NOUN)
    assert scores.participants == ("P2", "P0", "P1")
    assert codes.sequence.tolist() == [[1, -1, 0]]
    assert codes.sequences == ("ob", "bo")
    assert codes.conditions == (("open", "blocked"), ("blocked", "open"))


def test_a_sealed_table_opens_nothing(tmp_path):
    file = tmp_path / "r.csv"
    sealed = TABLE.replace(",ob,", ",sealed,").replace(",bo,", ",sealed,")
    sealed = sealed.replace(",open", ",").replace(",blocked", ",")
    file.write_text(sealed, encoding="utf-8")
    with pytest.raises(AllocationError, match="sealed"):
        codelist.read_open(file, STUDY_NOUN)

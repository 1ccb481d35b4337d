import pytest

from crossblock.core.errors import CatalogError
from crossblock.load import evidence, press

FILE = b"""
schema = "crossblock/press/1"
id = "mine"
study = "Williams 2018"
title = "mine"
about = ["ketamine"]
[[topic]]
id = "size"
when = 'people'
[[topic.case]]
standing = "supported"
because = "so"
rows = ["planned sample size"]
"""


def test_every_shipped_file_reads_and_cites_rows_that_exist() -> None:
    files = press.shipped(evidence.shipped())
    assert {f.study for f in files} >= {"Williams 2018", "Jelen 2025"}
    assert {e for f in files for e in f.examples} >= {"news-2018-a", "news-2018-b"}
    for file in files:
        for topic in file.topics:
            assert all(c.rows or c.standing.value == "not found" for c in topic.cases), topic.id


def test_a_row_that_does_not_exist_is_named() -> None:
    wrong = FILE.replace(b"planned sample size", b"planed sample size")
    with pytest.raises(CatalogError, match="no such row"):
        press.parse(wrong, "mine", evidence.shipped())


def test_a_pattern_that_cannot_be_read_is_named() -> None:
    with pytest.raises(CatalogError, match="topic size"):
        press.parse(FILE.replace(b"'people'", b"'(people'"), "mine", evidence.shipped())


def test_a_misspelled_key_is_refused() -> None:
    with pytest.raises(CatalogError, match="no such key"):
        press.parse(FILE.replace(b"because", b"becuase"), "mine", evidence.shipped())

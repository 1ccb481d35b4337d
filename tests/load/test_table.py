"""CSV streamed: header, widths, quotes, marks, hash."""

import hashlib

import pytest

from crossblock.core.errors import RatingsError
from crossblock.load.table import Columns, Table

COLUMNS = Columns(needed=("who", "score"), optional=("condition",))


def rows(tmp_path, data):
    file = tmp_path / "a.csv"
    file.write_bytes(data)
    table = Table(file, "a.csv", COLUMNS, RatingsError)
    return list(table), table


def test_rows_come_with_lines_and_known_cells(tmp_path):
    data = b'who,age,score\nP1,40, 3 \n\n"P,2",41,\r\n'
    found, table = rows(tmp_path, data)
    assert found == [(2, {"who": "P1", "score": "3"}), (4, {"who": "P,2", "score": ""})]
    assert table.sha256 == hashlib.sha256(data).hexdigest()


def test_a_spreadsheet_mark_is_taken_off_but_hashed(tmp_path):
    data = b"\xef\xbb\xbfwho,score\nP1,3\n"
    found, table = rows(tmp_path, data)
    assert found == [(2, {"who": "P1", "score": "3"})]
    assert table.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("data", "what", "line"),
    [
        (b"", "missing columns who, score", 1),
        (b"who\nP1\n", "missing column score", 1),
        (b"who;score\nP1;3\n", "missing columns", 1),
        (b"who,score,score\n", "a column stands twice", 1),
        (b"who,score,Condition\n", "unknown column", 1),
        (b"who,score,sc\xd0\xber\xd0\xb5\n", "unknown column", 1),
        (b"who,score\nP1\0,3\n", "NUL", 2),
        (b"who,score\nP\xfc,3\n", "not UTF-8", 2),
        (b'who,score\n"P1,3\n', "cannot be read as CSV", 2),
        (b"who,score\n" + b"x" * 70_000, "longer than 64 KiB", 2),
        ("who,score".encode("utf-16"), "UTF-16", None),
    ],
)
def test_what_ends_the_reading_is_placed(tmp_path, data, what, line):
    with pytest.raises(RatingsError) as caught:
        rows(tmp_path, data)
    (problem,) = caught.value.problems
    assert what in problem.what
    assert problem.where == ("a.csv" if line is None else f"a.csv, line {line}")


def test_rows_of_another_width_are_gathered_and_passed_over(tmp_path):
    found, table = rows(tmp_path, b"who,score\nP1,3,4\nP2\nP3,5\n")
    assert found == [(4, {"who": "P3", "score": "5"})]
    assert [p.where for p in table.problems] == ["a.csv, line 2", "a.csv, line 3"]


def test_separators_are_guessed_only_for_the_advice(tmp_path):
    with pytest.raises(RatingsError, match="separated by tabs; use commas"):
        rows(tmp_path, b"who\tscore\nP1\t3\n")

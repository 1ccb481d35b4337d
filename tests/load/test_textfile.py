"""Bounded files and their encodings."""

import os

import pytest

from crossblock.core.errors import InputError, Problem
from crossblock.load import textfile


def test_a_small_file_is_read(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"abc")
    assert textfile.read_bytes(file, "a", 3, InputError) == b"abc"
    with pytest.raises(InputError, match="larger than"):
        textfile.read_bytes(file, "a", 2, InputError)


def test_folders_pipes_and_absent_files_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, what in (("pipe", "not a file"), (".", "not a file"), ("none", "cannot be read")):
        with pytest.raises(InputError, match=what):
            textfile.check_size(tmp_path / name, name, 10, InputError)


@pytest.mark.parametrize(
    ("head", "what"),
    [
        ("text".encode("utf-16"), "UTF-16"),
        ("text".encode("utf-32"), "UTF-32"),
        (b"PK\x03\x04....", "Excel"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_no_text_is_named(head, what):
    problem = textfile.not_text(head, "a")
    assert problem is not None
    assert what in problem.what


def test_plain_text_is_not_suspected():
    assert textfile.not_text(b"participant,", "a") is None
    assert textfile.decode("größer\n".encode(), "a") == "größer\n"


@pytest.mark.parametrize(
    ("data", "where"),
    [(b"a\nb\0", "a, line 2"), (b"a\n\xfc", "a, line 2"), (b"\xc3", "a, line 1")],
)
def test_nul_and_other_encodings_are_placed(data, where):
    problem = textfile.decode(data, "a")
    assert isinstance(problem, Problem)
    assert problem.where == where
    later = textfile.decode(data, "a", line=10)
    assert isinstance(later, Problem)
    assert later.where == f"a, line {9 + int(where[-1])}"

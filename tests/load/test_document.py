"""TOML from a person: parsed, placed, or refused with a sentence."""

import pytest

from crossblock.core.errors import ProtocolError
from crossblock.load import document

TEXT = b"""schema = "x"
[[visits]]
id = "d1"
time = { value = "1 d" }
[[visits]]
id = "d2"
time = "2 d"
[[visits]]
id = "d2"
"""
FOUND = document.parse(TEXT, "a.toml", ProtocolError)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("visits", 0, "time", "value"), "a.toml, line 4, visits.d1.time.value"),
        (("visits", 1, "id"), "a.toml, line 6, visits[2].id"),
        (("visits", 2), "a.toml, line 8, visits[3]"),
        ((), "a.toml"),
        (("absent",), "a.toml, absent"),
    ],
)
def test_a_place_has_line_and_path(path, place):
    assert FOUND.place(path) == place


def test_a_bare_value_stands_for_its_table():
    assert FOUND.real(("visits", 1, "time", "value")) == ("visits", 1, "time")
    assert FOUND.real(("visits", 0, "time", "value")) == ("visits", 0, "time", "value")
    assert FOUND.real(("visits", 1, "window", "earliest")) == ("visits", 1)
    assert FOUND.at(("visits", 1, "time")) == "2 d"
    assert FOUND.at(("visits", 9, "time")) is None


def test_windows_line_ends_count_once():
    found = document.parse(TEXT.replace(b"\n", b"\r\n"), "a.toml", ProtocolError)
    assert found.lines == FOUND.lines


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"--- \nid: x\n", "YAML"),
        (b"# c\nid: x\n", "YAML"),
        (b"<protocol/>", "XML"),
        (b'{"id": 1}', "JSON"),
        (b"id = ", "not TOML"),
        (b"a = 1\na = 2\n", "not TOML"),
        (b"a = " + b"9" * 5000, "thousands of digits"),
        (b"a = " + b"[" * 100_000, "nest deeper"),
        (b"\xef\xbb\xbfa = 1", "byte-order mark"),
        (b"a = 1\0", "NUL"),
        (b'a = "\xff"', "not UTF-8"),
    ],
)
def test_what_is_no_toml_is_named(data, what):
    with pytest.raises(ProtocolError) as caught:
        document.parse(data, "a.toml", ProtocolError)
    (problem,) = caught.value.problems
    assert what in problem.what
    assert problem.where.startswith("a.toml")

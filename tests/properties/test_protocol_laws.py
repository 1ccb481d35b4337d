"""Laws of protocol and ratings files: what is written reads back, and nothing hostile crashes."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossblock.core.errors import CrossblockError, ProtocolError
from crossblock.domain.protocol import Protocol
from crossblock.load import catalog, document, locator, protocol, ratings
from tests.golden.cases import STUDY, TABLE

NOUN = protocol.parse(STUDY.encode(), "study.toml")
LINES = STUDY.split("\n")


def outcome(call):
    """Return (noun, no problems) or (None, what is wrong); any other error is a crash."""
    try:
        return call(), ()
    except CrossblockError as error:
        return None, error.problems


QUICK = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize("name", catalog.names("protocols"))
def test_read_of_write_is_the_same_protocol(name):
    noun = protocol.read(name)
    again = Protocol.model_validate(noun.model_dump(mode="json", by_alias=True))
    assert again.sha256 == noun.sha256
    assert [a.path for a in again.assumptions()] == [a.path for a in noun.assumptions()]


@QUICK
@given(st.integers(0, len(LINES) - 1))
def test_a_missing_line_gives_a_protocol_or_sentences(gone):
    text = "\n".join(LINES[:gone] + LINES[gone + 1 :])
    noun, problems = outcome(lambda: protocol.parse(text.encode(), "x"))
    assert (noun is None) == bool(problems)
    assert all(p.what and p.where.startswith("x") for p in problems)


@QUICK
@given(st.integers(0, len(LINES) - 1), st.text(max_size=30))
def test_a_strange_line_gives_a_protocol_or_sentences(at, strange):
    text = "\n".join([*LINES[:at], strange, *LINES[at:]])
    data = text.encode("utf-8", "surrogatepass")
    noun, problems = outcome(lambda: protocol.parse(data, "x"))
    assert (noun is None) == bool(problems)
    assert all(c.isprintable() or c == "\n" for p in problems for c in str(p))


@QUICK
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    with pytest.raises(CrossblockError):
        protocol.parse(data, "x")


@QUICK
@given(st.permutations(range(len(TABLE.splitlines()) - 1)))
def test_the_order_of_rows_changes_nothing_but_the_order_of_people(tmp_path_factory, order):
    head, *rows = TABLE.splitlines()
    file = tmp_path_factory.mktemp("r") / "r.csv"
    file.write_text("\n".join([head, *(rows[i] for i in order)]) + "\n", encoding="utf-8")
    found = ratings.read(file, NOUN)
    at = [found.participants.index(p) for p in ("P1", "P2")]
    score, seen = found.at("d1", "hamd17")
    assert score[0, at].tolist() == [[12, 18], [20, 0]]
    assert seen[0, at].tolist() == [[True, True], [True, False]]


@QUICK
@given(st.text(max_size=80))
def test_any_row_is_read_or_refused(tmp_path_factory, row):
    file = tmp_path_factory.mktemp("r") / "r.csv"
    file.write_bytes(TABLE.encode() + row.encode("utf-8", "surrogatepass") + b"\n")
    found, problems = outcome(lambda: ratings.read(file, NOUN))
    assert (found is None) == bool(problems)
    assert all(c.isprintable() or c == "\n" for p in problems for c in str(p))


@pytest.mark.parametrize("name", catalog.names("protocols"))
def test_every_key_of_a_file_has_a_line(name):
    text = catalog.path("protocols", name).read_text(encoding="utf-8")
    lines = locator.lines(text)
    rows = text.split("\n")

    def walk(here, path):
        if isinstance(here, dict):
            for key, inner in here.items():
                line = locator.nearest_line(lines, (*path, key))
                assert line is not None
                assert key in rows[line - 1] or not path
                walk(inner, (*path, key))
        elif isinstance(here, list):
            for index, inner in enumerate(here):
                walk(inner, (*path, index))

    walk(tomllib.loads(text), ())
    assert document.parse(text.encode(), "x", ProtocolError).lines == lines

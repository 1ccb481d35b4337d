"""Key paths to lines, on texts that use every way of writing a table."""

import tomllib

import pytest

from crossblock.load import locator

TEXT = """# a comment with [brackets]
title = "a = [b]"  # another
[owner]
name.first = "x"

[[rows]]
id = "one"
list = [
  1,
  { a = 1, b = { c = 2 } },
]
[rows.inner]
deep = true
[[rows]]
id = 'two'
text = '''
[not.a.table]
key = 1
'''
long = \"\"\"
a \\\" b = [
\"\"\"
"quoted key" = 5
"""


def test_every_path_has_its_line():
    lines = locator.lines(TEXT)
    expected = {
        ("title",): 2,
        ("owner",): 3,
        ("owner", "name"): 4,
        ("owner", "name", "first"): 4,
        ("rows",): 6,
        ("rows", 0): 6,
        ("rows", 0, "id"): 7,
        ("rows", 0, "list"): 8,
        ("rows", 0, "list", 0): 9,
        ("rows", 0, "list", 1): 10,
        ("rows", 0, "list", 1, "a"): 10,
        ("rows", 0, "list", 1, "b"): 10,
        ("rows", 0, "list", 1, "b", "c"): 10,
        ("rows", 0, "inner"): 12,
        ("rows", 0, "inner", "deep"): 13,
        ("rows", 1): 14,
        ("rows", 1, "id"): 15,
        ("rows", 1, "text"): 16,
        ("rows", 1, "long"): 20,
        ("rows", 1, "quoted key"): 23,
    }
    assert lines == expected


def _paths(here, path=()):
    yield path
    if isinstance(here, dict):
        for key, inner in here.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(here, list):
        for index, inner in enumerate(here):
            yield from _paths(inner, (*path, index))


def test_no_path_of_the_text_is_lost():
    found = set(locator.lines(TEXT))
    assert {p for p in _paths(tomllib.loads(TEXT)) if p} <= found


def test_the_nearest_table_stands_in_for_an_absent_key():
    lines = locator.lines(TEXT)
    assert locator.nearest_line(lines, ("rows", 1, "absent", "deeper")) == 14
    assert locator.nearest_line(lines, ("absent",)) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = " + "[" * 16 + "]" * 16, None),
        ("a = " + "[" * 17, 1),
        ("b = 1\na = " + "{ x = " * 17, 2),
        ("a" + ".a" * 17 + " = 1", 1),
        ("a" + ".a" * 16 + " = 1", None),
        ('a = "' + "[" * 100 + '"', None),
        ("# " + "[" * 100, None),
        ("a = [1.5, 2.5]\n" * 100, None),
    ],
)
def test_depth_is_counted_outside_texts_and_comments(text, line):
    found = locator.too_much(text, 16, 10_000)
    assert found == (None if line is None else ("deep", line))


def test_an_unclosed_quote_costs_no_time():
    assert locator.too_much('a = "' + '\\"' * 200_000, 16, 10_000) is None


def test_length_is_counted_in_tokens():
    assert locator.too_much("a = 1\n" * 30, 16, 100) == ("long", 26)

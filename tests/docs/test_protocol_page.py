"""docs/protocol.md is fresh: its example reads, and every key and word of the model is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crossblock.load import catalog, protocol
from crossblock.load.schema import protocol_schema

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
SCHEMA = protocol_schema()
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def nodes(here):
    if isinstance(here, dict):
        yield here
        for inner in here.values():
            yield from nodes(inner)
    elif isinstance(here, list):
        for inner in here:
            yield from nodes(inner)


KEYS = sorted({key for node in nodes(SCHEMA) for key in (node.get("properties") or {})})
WORDS = sorted({word for node in nodes(SCHEMA) for word in node.get("enum", ())})


def test_the_model_was_walked():
    assert {"washout", "blind_to", "also"} <= set(KEYS)
    assert {"blocker_alone", "assumed", "im-depot"} <= set(WORDS)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_explained(key):
    assert re.search(rf"`{key}`|^{key} = |\b{key} = |\[{key}\]|\[{key}\.", PAGE, re.MULTILINE)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_named(word):
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("name", catalog.names("protocols"))
def test_every_shipped_protocol_is_listed(name):
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_example_reads(text):
    assert protocol.parse(text.encode(), "docs/protocol.md").question


def test_there_is_an_example():
    assert len(EXAMPLES) == 1

"""Mechanism files: every shipped one reads, every mistake is a sentence."""

import pytest

from crossblock.core.errors import CatalogError
from crossblock.load.mechanism import mechanism, mechanism_names, read

GOOD = """
schema = "crossblock/mechanism/1"
id = "mine"
label = "Mine"
title = "A test"
claim = "Nothing in particular."
system = "five-state"
[sources.me]
text = "made up"
[parameters]
phi = { value = 0.5, unit = "fraction", share_b = 1, source = "me", confidence = "assumed" }
"""


def refused(text):
    with pytest.raises(CatalogError) as caught:
        read(text.encode(), "mine.toml")
    return str(caught.value)


def test_the_rivals_are_on_the_shelf():
    expected = {"h1", "h2", "h2-linked", "h3a", "h3b", "h4-direct", "h4-release", "h5"}
    assert expected <= set(mechanism_names())


@pytest.mark.parametrize("name", mechanism_names())
def test_every_number_has_value_unit_prior_and_source(name):
    m = mechanism(name)
    assert m.id == name
    for p in m.parameters.values():
        assert p.unit
        assert p.source.text
        assert p.prior.spread > 0 or p.prior.why
    assert set(m.free) <= set(m.parameters)
    assert any(m[a] > 0 for a in ("aG", "aK", "aR"))


def test_half_lives_come_in_hours():
    assert mechanism("h1").alternative("illustrative-decay")["half_life_R"] == 96.0


def test_a_file_changes_only_what_it_names():
    mine = read(GOOD.encode(), "mine.toml")
    assert mine["phi"] == 0.5
    assert mine["E0"] == mechanism("h1")["E0"]


MISTAKES = {
    "unknown parameter": (GOOD.replace("phi =", "phy ="), "the system has no such parameter"),
    "missing source": (GOOD.replace('source = "me"', 'source = "you"'), "is not listed"),
    "no prior": (GOOD.replace("share_b = 1, ", ""), "exactly one prior"),
    "two priors": (GOOD.replace("share_b = 1", "share_b = 1, log_sd = 1"), "exactly one prior"),
    "negative": (GOOD.replace("value = 0.5", "value = -0.5"), "greater than or equal to 0"),
    "above one": (GOOD.replace("value = 0.5", "value = 1.5"), "0 to 1"),
    "no unit": (GOOD.replace('unit = "fraction", ', ""), "missing"),
    "unknown system": (GOOD.replace("five-state", "six-state"), "catalog of systems"),
    "free names nothing": (GOOD.replace("system =", 'free = ["psi"]\nsystem ='), "free names no"),
    "no TOML": ("schema = ", "not a TOML file"),
    "wrong unit": (
        GOOD.replace("phi =", "half_life_R =").replace('"fraction"', '"mg"'),
        "half_life_R",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named(name):
    text, words = MISTAKES[name]
    assert words in refused(text)


def test_all_mistakes_are_reported_at_once():
    text = GOOD.replace('source = "me"', 'source = "you"').replace("share_b = 1, ", "")
    said = refused(text)
    assert "is not listed" in said
    assert "exactly one prior" in said

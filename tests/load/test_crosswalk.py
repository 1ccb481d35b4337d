"""The reader, and the contract that every crosswalk of the catalog keeps."""

from importlib.resources import files

import pytest

from crossblock.core.errors import CatalogError
from crossblock.load import crosswalk as load
from crossblock.load import instrument

TEXT = (files("crossblock") / "catalog" / "crosswalks" / "qids-ids-hamd17.toml").read_bytes()


@pytest.mark.parametrize("name", load.names())
def test_every_crosswalk_joins_known_instruments_over_their_whole_range(name):
    walk = load.read(name)
    assert walk.id == name
    for one in walk.instruments:
        scale = instrument.read(one).scale()
        assert walk.range(one) == (scale.minimum, scale.maximum)
        for fact in walk.facts.values():
            assert walk.sources[fact.source]


@pytest.mark.parametrize("name", load.names())
def test_there_and_back_returns_to_where_it_began(name):
    walk = load.read(name)
    for source in walk.instruments:
        for target in set(walk.instruments) - {source}:
            low, high = walk.range(source)
            last = -1.0
            for value in range(int(low), int(high) + 1):
                there = walk.convert(value, source, target)
                assert there.lower <= there.low <= there.value <= there.high <= there.upper
                assert there.value >= last
                last = there.value
                back = [walk.convert(end, target, source) for end in (there.low, there.high)]
                assert back[0].low <= value <= back[1].high


def test_an_unknown_name_is_answered_with_the_known():
    with pytest.raises(CatalogError, match="did you mean qids-ids-hamd17"):
        load.read("qids-hamd17")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"hamd17 = [5, 6]", b"hamd17 = [5, 6, 7]", "a span is"),
        (b"hamd17 = [5, 6]", b"hamd17 = [6]", "without gap"),
        (b"hamd17 = [36, 52]", b"hamd17 = [36, 51]", "does not cover"),
        (b"[facts.rows]", b"[facts.row]", "names no source"),
        (b"[error]", b"[errors]", "no such key"),
    ],
)
def test_a_wrong_table_is_refused(old, new, words):
    assert old in TEXT
    with pytest.raises(CatalogError, match=words):
        load.parse(TEXT.replace(old, new, 1), "here.toml")


def test_instruments_find_their_table_or_hear_which_there_are():
    assert load.between("qids-sr16", "hamd17").id == "qids-ids-hamd17"
    with pytest.raises(CatalogError, match="qids-sr16, ids-sr30, hamd17"):
        load.between("madrs", "hamd17")

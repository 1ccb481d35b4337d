import pytest

from crossblock.core.errors import CatalogError
from crossblock.load import catalog
from crossblock.load.people import read, truth

FILE = catalog.ROOT / "people" / "depression.toml"


def test_every_number_stands_in_its_range_with_a_source() -> None:
    for p in truth().parameters.values():
        assert p.least <= p.value <= p.most, p.symbol
        assert p.source.text, p.symbol
        assert p.unit, p.symbol


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("value = 13.5", "value = 99.0", "its own range"),
        ('source = "esketamine"', 'source = "nobody"', "source is not listed"),
        ('unit = "kg"', 'unt = "kg"', "no such key"),
        ("value = 0.6\n", 'value = "0.6"\n', "not a number"),
    ],
)
def test_a_file_is_read_strictly(old: str, new: str, said: str) -> None:
    text = FILE.read_text(encoding="utf-8").replace(old, new)
    with pytest.raises(CatalogError, match=said):
        read(text.encode(), "people")

import pytest

from crossblock.core.errors import CatalogError
from crossblock.load import catalog
from crossblock.load.bank import bank, bank_names, read
from crossblock.load.instrument import read as instrument

FILE = catalog.ROOT / "banks" / "hamd17.toml"


def test_every_bank_has_the_items_of_its_instrument() -> None:
    assert set(bank_names()) >= {"hamd17", "madrs", "cadss"}
    for name in bank_names():
        items = instrument(name).scored_items
        assert bank(name).ids == tuple(i.id for i in items)
        assert [i.steps for i in bank(name).items] == [i.highest - i.lowest for i in items]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "item4"', 'id = "item44"', "not those of the instrument"),
        ("mean = 0.97", "mean = 4.97", "above its highest answer"),
        ('source = "star-d"', 'source = "nobody"', "source is not listed"),
    ],
)
def test_a_bank_is_read_strictly(old: str, new: str, said: str) -> None:
    text = FILE.read_text(encoding="utf-8").replace(old, new, 1)
    with pytest.raises(CatalogError, match=said):
        read(text.encode(), "bank")

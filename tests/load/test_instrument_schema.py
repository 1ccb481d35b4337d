import pytest
from pydantic import ValidationError

from crossblock.load.instrument_schema import FactFile, ItemFile


def test_numbers_may_be_whole_but_not_words():
    assert ItemFile(id="a", number=1, label="A", maximum=3).maximum == 3.0
    with pytest.raises(ValidationError):
        ItemFile(id="a", number=1, label="A", maximum="3")


def test_rows_are_closed():
    with pytest.raises(ValidationError, match="extra"):
        FactFile(source="us", confidence="assumed", sorce="them")

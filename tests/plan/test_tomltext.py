import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossblock.load import catalog
from crossblock.load.protocol import parse, read
from crossblock.plan.tomltext import dumps, key, value

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
leaf = st.one_of(text, st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False))
inline = st.recursive(
    leaf, lambda x: st.lists(x, max_size=3) | st.dictionaries(text, x, max_size=3), max_leaves=8
)


@given(st.dictionaries(text, inline, max_size=5))
def test_what_is_written_reads_back(data: dict[str, object]) -> None:
    assert tomllib.loads(dumps(data)) == data


@pytest.mark.parametrize("name", catalog.names("protocols"))
def test_every_shipped_protocol_survives_the_round_trip(name: str) -> None:
    protocol = read(name)
    data = protocol.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    written = dumps({"schema": protocol.format, **data}, "A copy.\nOf two lines.")
    assert written.startswith("# A copy.\n# Of two lines.\n")
    assert parse(written.encode(), name).sha256 == protocol.sha256


def test_keys_and_values() -> None:
    assert key("a-b_1") == "a-b_1"
    assert key("a b") == '"a b"'
    assert key("") == '""'
    assert value(True) == "true"
    assert value({"a": [1, "x"]}) == '{ a = [1, "x"] }'

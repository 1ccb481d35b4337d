"""The strict base: no unknown keys, no coercion, frozen, plain ids, printable texts."""

import pytest
from pydantic import ValidationError

from crossblock.domain.model import Id, Label, Many, Model, impostor


class Thing(Model):
    id: Id
    label: Label = "a thing"
    sizes: Many[float] = ()


def test_a_thing_is_read_and_frozen():
    thing = Thing.model_validate({"id": "a-1", "sizes": [1, 2.5]})
    assert thing.sizes == (1.0, 2.5)
    with pytest.raises(ValidationError):
        thing.id = "b"


@pytest.mark.parametrize(
    "data",
    [
        {"id": "a", "colour": "red"},
        {"id": "a", "sizes": ["1"]},
        {"id": "a", "sizes": [float("nan")]},
        {"id": "a", "sizes": [float("inf")]},
        {"id": "a", "sizes": [True]},
        {"id": "a", "label": 3},
        {"id": "a", "label": "x" * 201},
        {"id": "a", "label": "bell \x07"},
        {"id": "a", "label": "turned \u202e"},
    ],
)
def test_what_is_not_strictly_a_thing_is_refused(data):
    with pytest.raises(ValidationError) as caught:
        Thing.model_validate(data)
    assert caught.value.error_count() == 1


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "a.b", "x" * 65, "d\u0430", "\uff11"])
def test_an_id_is_plain_ascii(name):
    with pytest.raises(ValidationError, match="not a plain id"):
        Thing.model_validate({"id": name})


def test_an_impostor_is_named():
    assert impostor("plain text - 1") == ""
    assert impostor("p\u0430in") == "U+0430 CYRILLIC SMALL LETTER A"
    assert impostor("a\x00") == "U+0000 a control character"

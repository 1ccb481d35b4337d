"""Whatever can be read of a broken file is read."""

import tomllib

from crossblock.load import salvage
from tests.golden.cases import STUDY, changed


def test_a_sound_file_is_read_whole():
    parts = salvage.parts(tomllib.loads(STUDY))
    assert [len(getattr(parts, k)) for k in ("administrations", "conditions", "visits")] == [
        3,
        2,
        3,
    ]
    assert parts.design is not None
    assert parts.interim is not None
    assert all(not ids for ids in parts.unread.values())


def test_the_rest_of_a_broken_file_is_read():
    text = changed(STUDY, ('time = "7 d"', 'time = "7 dd"'), ("periods = 2", 'periods = "2"'))
    parts = salvage.parts(tomllib.loads(text))
    assert [v.id for v in parts.visits.values()] == ["baseline", "d1"]
    assert parts.unread["visits"] == {"d7"}
    assert parts.design is None
    assert len(parts.conditions) == 2


def test_nonsense_is_passed_over():
    parts = salvage.parts({"visits": 3, "conditions": [1, {"id": []}], "design": "x"})
    assert (len(parts.visits), len(parts.conditions), parts.design) == (0, 0, None)

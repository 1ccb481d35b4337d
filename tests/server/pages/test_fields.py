"""Fields: what was typed stays in them, and a conflict shows the other's answer."""

from crossblock.load import instrument
from crossblock.server.pages.fields import fields, new_key, shown
from crossblock.server.record.sheet import of_instrument

SHEET = of_instrument(instrument.read("session-vitals"))


def test_typed_text_and_fault_stand_together() -> None:
    found = fields(SHEET, {"systolic": "1200"}, {"systolic": "too high"})
    row = next(f for f in found if f.question.id == "systolic")
    assert (row.text, row.fault, row.first) == ("1200", "too high", True)
    assert sum(f.first for f in found) == 1


def test_a_conflict_shows_only_what_differs() -> None:
    found = fields(SHEET, {"systolic": "120", "oxygen": "98"}, {}, {"systolic": 131.0,
                                                                    "oxygen": 98.0})  # fmt: skip
    others = {f.question.id: f.other for f in found if f.other}
    assert others == {"systolic": "131"}


def test_keys_are_never_the_same() -> None:
    assert len({new_key() for _ in range(100)}) == 100
    assert (shown(2.0), shown(0.5), shown("x")) == ("2", "0.5", "x")

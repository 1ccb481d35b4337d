"""Every assumed number is named in words, with its value, unit and where it comes from."""

from crossblock.forecast import assumed
from crossblock.load.mechanism import mechanism
from tests.forecast.settings import SLOW

RIVALS = [mechanism(n) for n in ("h1", "h3a", "h3b", "h5")]


def test_every_amber_number_of_the_slow_system_is_listed_in_words():
    found = assumed.of_adaptation(SLOW)
    assert {a.key for a in found} == {line.partition(" = ")[0] for line in SLOW.amber}
    for a in found:
        assert " " in a.what, a.key
        assert a.key in a.reason
        assert a.how in {"assumed", "memory"}


def test_long_times_are_told_in_days():
    found = {a.key: a.value for a in assumed.of_adaptation(SLOW)}
    assert found["half_life_A"] == f"{SLOW['half_life_A'] / 24:g} d"


def test_a_number_of_many_mechanisms_is_listed_once_and_never_by_its_letter_alone():
    found = assumed.of_mechanisms(RIVALS)
    keys = [a.key for a in found]
    assert len(keys) == len(set(keys))
    assert not assumed.UNUSED & set(keys)
    amber = {line.partition(" = ")[0] for m in RIVALS for line in m.amber} - assumed.UNUSED
    assert set(keys) == amber
    assert all(len(a.what.split()) > 2 for a in found)


def test_what_was_assumed_of_a_session_stays_as_written():
    lines = ("nasal: 45 % arrives (assumed)", "a_A = 0.04 1 (assumed)")
    (only,) = assumed.of_sessions(lines, {"a_A"})
    assert only.what == lines[0]

from crossblock.domain.fact import Confidence


def test_only_what_was_not_read_is_amber():
    assert {c.value for c in Confidence if c.amber} == {"memory", "assumed"}

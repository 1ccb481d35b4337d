from crossblock.domain.peer import PeerNumber


def test_a_planner_without_a_number_says_none_and_why() -> None:
    row = PeerNumber(what="mu, 24 h after", unit="%", theirs=None, ours=85.7, note="no time course")
    assert row.theirs is None
    assert row.note

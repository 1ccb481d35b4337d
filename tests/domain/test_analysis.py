from crossblock.domain.analysis import PairedScore


def test_a_difference_needs_both_scores() -> None:
    both = PairedScore(participant="P1", sequence="AB", test=10.0, reference=14.0)
    once = PairedScore(participant="P2", sequence="AB", test=None, reference=14.0)
    assert both.difference == -4.0
    assert once.difference is None

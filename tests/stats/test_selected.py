from tests.stats.test_families import analysis


def test_selection_is_reported_with_what_it_does_by_itself() -> None:
    found = analysis(n=60, removed=0.0).selected[0]
    assert 0 < found.responders < found.people
    assert found.bias[0.2] > found.bias[0.5] > found.bias[0.8] > 0
    assert "if the blocker did nothing" in found.warning
    # with no blockade the responders' difference is biased toward blockade
    assert found.estimate.value > 0

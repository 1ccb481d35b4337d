from crossblock.domain.candidate import Candidate


def test_cells_and_periods_follow_from_the_sequences() -> None:
    two = Candidate(id="a", label="a", sequences=(("open", "blocked"), ("blocked", "open")))
    assert two.cells == ("open", "blocked")
    assert (two.periods, two.crossover) == (2, True)
    apart = Candidate(id="b", label="b", sequences=(("open",), ("no_drug",)))
    assert (apart.cells, apart.crossover) == (("open", "no_drug"), False)

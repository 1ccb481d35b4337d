from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.plan.virtual import beside, two_by_two


def test_a_protocol_of_any_shape_becomes_a_two_by_two() -> None:
    for name in ("settling-trial", "yoon-2025", "williams-2018"):
        found = two_by_two(read(name), "madrs", truth())
        cells = {c.id: c.cell for c in found.conditions}
        rows = [[cells[c] for c in s] for s in found.sequence_conditions]
        assert rows == [["open", "blocked"], ["blocked", "open"]]


def test_nothing_is_simulated_where_nothing_was_asked_or_known() -> None:
    assert beside(read("williams-2018"), truth(), "hamd17", (0.28, 0, 1)) == ((), ())
    assert beside(read("williams-2018"), truth(), "cadss", (0.28, 250, 1)) == ((), ())


def test_only_a_two_by_two_is_run_again_itself() -> None:
    points, again = beside(read("yoon-2025"), truth(), "madrs", (0.28, 250, 1))
    assert [p.n for p in points] == [12, 26]
    assert again == ()

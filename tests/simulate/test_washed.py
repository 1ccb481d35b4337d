from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.simulate.washed import leftovers
from crossblock.simulate.world import World, prepare
from tests.simulate.conftest import with_washout


def test_what_is_left_of_the_effect_is_said(pharmacy: object) -> None:
    world: World = pharmacy()  # type: ignore[operator]
    (said,) = leftovers(world)
    assert "30 d" in said
    assert "of the drug's effect is left" in said


def test_a_washout_shorter_than_the_blockers_stay_is_said() -> None:
    short = with_washout(read("jelen-2025"), 96.0)
    said = leftovers(prepare(short, truth(), 12))
    assert len(said) == 2
    assert "the blocker still holds" in said[1]


def test_one_period_leaves_nothing_to_say() -> None:
    assert leftovers(prepare(read("yoon-2025"), truth(), 12)) == ()

import pickle

import pytest

from crossblock.core.errors import InputError
from crossblock.domain.protocol import Protocol
from crossblock.load.people import truth
from crossblock.simulate.world import World, prepare


def test_a_world_travels_whole_to_a_worker(pharmacy: object) -> None:
    world: World = pharmacy(fraction=0.28)  # type: ignore[operator]
    arrived = pickle.loads(pickle.dumps(world))
    assert arrived.protocol.sha256 == world.protocol.sha256
    assert arrived.truth == world.truth
    assert arrived.pharmacology.mechanism["phi"] == world.pharmacology.mechanism["phi"]
    assert arrived.given == world.given == ((0, 1), (1, 0))


def test_the_number_of_people_is_the_protocols_unless_told(williams: Protocol) -> None:
    assert prepare(williams, truth()).people == 30
    assert prepare(williams, truth(), 12).people == 12
    with pytest.raises(InputError, match="between 2 and 100,000"):
        prepare(williams, truth(), 1)


def test_only_what_is_drawn_item_by_item_has_a_bank(williams: Protocol) -> None:
    assert set(prepare(williams, truth()).banks) == {"hamd17", "madrs", "cadss"}
    assert prepare(williams, truth().with_values({"items": 0})).banks == {}

import numpy as np
import pytest

from crossblock.simulate.asked import asked
from crossblock.simulate.effects import effects
from crossblock.simulate.world import World


def test_the_textbook_truth_is_known(textbook: object) -> None:
    world: World = textbook(fraction=0.28, floor=0.0, expectancy=4.0)  # type: ignore[operator]
    found = effects(world, asked(world, "hamd17"))
    assert found.change["open"] == pytest.approx(-13.5, abs=0.15)
    assert found.difference == pytest.approx(0.28 * 13.5, abs=0.1)
    assert found.fraction == pytest.approx(0.28, abs=0.002)
    assert found.ineffective.tolist() == [False, False]


def test_complete_blockade_is_ineffective(textbook: object) -> None:
    world: World = textbook(fraction=1.0)  # type: ignore[operator]
    assert effects(world, asked(world)).ineffective.tolist() == [False, True]


def test_no_blockable_share_is_exactly_no_difference(pharmacy: object) -> None:
    world: World = pharmacy(fraction=0.0)  # type: ignore[operator]
    found = effects(world, asked(world, "hamd17"))
    assert found.difference == 0.0
    assert found.fraction == 0.0


def test_a_real_dose_blocks_less_than_a_complete_one(pharmacy: object) -> None:
    world: World = pharmacy(fraction=1.0)  # type: ignore[operator]
    found = effects(world, asked(world, "hamd17"))
    assert found.fraction is not None
    assert 0.6 < found.fraction < 0.86
    assert np.isfinite(list(found.change.values())).all()


def test_scales_share_one_truth(pharmacy: object) -> None:
    world: World = pharmacy(fraction=0.28)  # type: ignore[operator]
    by = {e: effects(world, asked(world, e)) for e in ("hamd17", "madrs", "hamd6")}
    shares = [f.fraction for f in by.values()]
    assert shares == pytest.approx([shares[0]] * 3, abs=0.02)
    assert by["madrs"].change["open"] == pytest.approx(
        1.546 * by["hamd17"].change["open"], rel=0.02
    )

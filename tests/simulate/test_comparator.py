import numpy as np
import pytest

from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.simulate.comparator import log_fall, masking, specific
from crossblock.simulate.trial import simulate
from crossblock.simulate.world import prepare


@pytest.mark.parametrize(("how", "published"), [("open", 0.01), ("active", 0.18), ("masked", 0.5)])
def test_the_published_response_without_the_drug_comes_out(how: str, published: float) -> None:
    """Response on HAM-D17 at day 1 of sessions without the drug, as virtual raters see it."""
    protocol = read("settling-trial")
    told = truth().with_values({"dropout_first": 0, "dropout_later": 0, "carryover": 0})
    world = prepare(protocol, type(told)(**{**fields(told), "masking": how}), 32)
    made = simulate(world, np.arange(20), 5)
    labels = protocol.score_ids
    k, d1 = labels.index("hamd17"), protocol.visit_ids.index("d1")
    none = np.array([c == "no_drug" for c in world.cells])[made.condition]
    score, seen = made.ratings.score[..., k], made.ratings.observed[..., k]
    both = none & seen[..., 0] & seen[..., d1]
    share = (score[..., d1] <= 0.5 * score[..., 0])[both].mean()
    assert share == pytest.approx(published, abs=0.05)


def fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}  # type: ignore[attr-defined]


def test_better_hiding_means_more_response_without_the_drug() -> None:
    falls = [log_fall(truth(), {}, how) for how in ("open", "active", "masked")]
    assert falls == sorted(falls)
    assert log_fall(truth().with_values({"response_open": 0}), {}, "open") == 0.0


def test_the_specific_share_follows_the_design() -> None:
    assert specific(read("williams-2018"), truth(), {}) == 1.0
    with_arm = specific(read("settling-trial"), truth(), {})
    assert 0.3 < with_arm < 0.8
    told = truth().with_values({"specific": 0.9})
    assert specific(read("settling-trial"), told, {}) == 0.9


def test_the_protocol_says_how_well_it_hides() -> None:
    assert masking(read("nimh-ketamine-saline"), truth()) == "open"
    assert masking(read("yoon-2025"), truth()) == "active"

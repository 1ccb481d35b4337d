from crossblock.weigh.compare import parted
from crossblock.weigh.separation import candidates, separations


def test_every_candidate_is_measured_with_noise_and_named() -> None:
    found = candidates()
    assert len({c.observable for c in found}) == len(found) >= 3


def test_rivals_that_are_told_apart_need_nothing_more() -> None:
    pairs = parted({"H1": (-20.0, 0.05), "H3a": (-4.0, 0.05)})
    assert pairs[0].told_apart
    assert separations({}, pairs) == ()

import numpy as np
import pytest

from crossblock.load.people import truth
from crossblock.simulate.latent import Latent
from crossblock.simulate.plain import scores


def test_scales_are_proportional_and_strangers_are_not_drawn() -> None:
    severity = np.full((1, 1, 1, 2), 20.0)
    found, known = scores(
        truth(), Latent(severity=severity, dissociation=severity), ("hamd17", "madrs", "cadss")
    )
    assert known == [True, True, False]
    assert found[0, 0, 0, 0] == pytest.approx([20.0, 20 * 1.546, 0.0])

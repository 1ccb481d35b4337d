import numpy as np

from crossblock.domain.curve import Curve, DoseMark


def test_a_line_without_a_band_has_none_and_a_dose_without_length_is_a_tick() -> None:
    curve = Curve(label="x", unit="%", time_h=np.zeros(2), value=np.zeros(2))
    assert curve.low is None
    assert curve.high is None
    assert DoseMark(compound="c", label="capsule", start_h=0.0).duration_h == 0.0

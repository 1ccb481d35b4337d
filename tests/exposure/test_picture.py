import numpy as np

import crossblock as cb


def test_stacked_curves_share_one_time_axis() -> None:
    protocol = cb.read_protocol("williams-2018")
    compounds = {c: cb.read_compound(c) for c in protocol.compound_ids}
    drawn = cb.exposure_picture(protocol, compounds, stream=cb.Stream(1, "band"))
    assert drawn.time_zero == "naltrexone intake"
    labels = [c.label for c in drawn.blockade]
    assert "mu receptors blocked by naltrexone" in labels
    # the same plasma line is drawn once, although both conditions give ketamine
    assert len(drawn.concentration) == 1
    for curve in (*drawn.concentration, *drawn.occupancy, *drawn.blockade):
        assert curve.value.shape == curve.time_h.shape
        assert np.all(np.diff(curve.time_h) > 0)
    assert {m.label for m in drawn.doses}


def test_the_drawn_peak_is_the_peak() -> None:
    protocol = cb.read_protocol("williams-2018")
    compounds = {c: cb.read_compound(c) for c in protocol.compound_ids}
    drawn = cb.exposure_picture(protocol, compounds)
    assert 158 <= drawn.concentration[0].value.max() <= 159  # 35 mg over 40 min, Fanta

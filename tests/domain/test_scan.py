import math

from crossblock.domain.scan import ScanFit


def test_a_fit_without_scans_has_no_misfit() -> None:
    fit = ScanFit(points=(), rmse=math.nan, sentence="No human scan is known.")
    assert fit.points == ()
    assert math.isnan(fit.rmse)

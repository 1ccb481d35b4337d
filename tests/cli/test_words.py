from crossblock.cli.words import effect_line, signed
from crossblock.domain.result import Estimate


def test_signs_are_real_and_p_never_stands_alone() -> None:
    assert signed(-6.745) == "−6.75" or signed(-6.745) == "−6.74"
    line = effect_line(
        Estimate(label="x", value=-3.0, se=1.0, df=10.0, p=0.00002, lower=-5.2, upper=-0.8, n=12)
    )
    assert line.startswith("−3.00 points (95 % interval −5.20 to −0.80;")
    assert "p < 0.0001" in line
    assert "-" not in line

from crossblock.domain.blockade import FiellerSet, Form


def test_the_three_shapes_of_a_fieller_set() -> None:
    inside = FiellerSet(bounded=True, lower=0.2, upper=0.8)
    assert 0.5 in inside
    assert 0.9 not in inside
    outside = FiellerSet(bounded=False, lower=0.2, upper=0.8)
    assert 0.5 not in outside
    assert 0.9 in outside
    line = FiellerSet(bounded=False, lower=float("inf"), upper=float("-inf"))
    assert line.everything
    assert 0.5 in line


def test_each_form_says_what_it_assumes() -> None:
    assert "nothing is assumed" in Form.FOUR
    assert "N = P" in Form.THREE
    assert "neither" in Form.TWO

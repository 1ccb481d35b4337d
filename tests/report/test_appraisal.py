from crossblock.domain.appraisal import Published
from crossblock.report.appraisal import appraisal_story
from crossblock.report.page import render
from crossblock.stats.appraise import appraise


def page(published: Published) -> str:
    return render(appraisal_story(published, appraise(published), "crossblock appraise"))


def test_the_sheet_says_the_interval_and_what_is_fixed() -> None:
    html = page(Published(n=26, F=5.39, df=74, fraction=0.28))
    assert "104 scores (26 people × 2 sessions × 2 visits)" in html
    assert "taken as fixed" in html
    assert html.count("<svg") == 2  # wide and narrow
    assert "<script" not in html
    assert "style=" not in html


def test_without_a_fraction_there_is_no_picture_of_one() -> None:
    html = page(Published(n=12, t=2.5))
    assert "<svg" not in html
    assert "No degrees of freedom were given" in html

from crossblock.domain.press import Finding, Judged, Standing


def finding(standing: Standing) -> Finding:
    return Finding(topic="size", standing=standing, because="because")


def test_a_sentence_stands_as_its_worst_finding() -> None:
    good, gone, worst = (
        finding(Standing.SUPPORTED),
        finding(Standing.NOT_FOUND),
        finding(Standing.OVERSTATED),
    )
    assert Judged(sentence="x", findings=(good, worst, gone)).standing is Standing.OVERSTATED
    assert Judged(sentence="x", findings=(good, gone)).standing is Standing.NOT_FOUND
    assert Judged(sentence="x", findings=(good,)).standing is Standing.SUPPORTED


def test_a_sentence_that_no_row_speaks_about_is_not_found() -> None:
    assert Judged(sentence="x", findings=()).standing is Standing.NOT_FOUND

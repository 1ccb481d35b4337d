from crossblock.report.gallery import figure
from tests.report.simulated import galleries


def test_twenty_trials_with_their_numbers() -> None:
    shown = galleries()[1]
    drawn = figure(shown, "28 % blockable", scale="HAM-D6", id="g")
    claims = sum(t.claims for t in shown.trials)
    assert f"{claims} of 20 trials claim it" in drawn.title
    assert len(drawn.table.rows) == 20
    people = sum(len(t.pairs) for t in shown.trials)
    assert drawn.svg.count("<line") + drawn.svg.count("<path") >= people

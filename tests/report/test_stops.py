from crossblock.report.stops import figure, known, stopping
from tests.report.simulated import found


def test_every_rule_and_truth_is_in_picture_and_table() -> None:
    drawn = figure(found())
    assert known(found())
    rules = {r.rule for r in stopping(found()[0])}
    assert rules == {"p<0.05", "O'Brien-Fleming", "Pocock"}
    assert len(drawn.table.rows) == 3 * 3 * 2
    assert any("(assumed)" in row[1] for row in drawn.table.rows)
    assert "100" in drawn.title

from crossblock.domain.source import Sourced
from crossblock.plan.kit_words import listed, open_line, percent, stated, table


def test_an_assumed_value_is_marked_with_its_reason() -> None:
    claim = Sourced[int](value=5, confidence="assumed", note="a guess")
    assert stated(claim, "x") == "5 (ASSUMED: a guess)"
    assert stated(Sourced[int](value=5), "x") == "5"
    assert stated(None, "the dose") == open_line("the dose") == "[to be written: the dose]"


def test_tables_and_lists_are_markdown() -> None:
    assert table(("A", "B"), [("x|y", "1\n2")]) == "| A | B |\n| --- | --- |\n| x\\|y | 1 2 |"
    assert listed(["a", "b"]) == "- a\n- b"
    assert listed([]) == "- none"
    assert percent(0.283) == "28 %"

import pytest

from crossblock.domain.response import BLOCKED, NONE, OPEN
from crossblock.load.people import truth
from crossblock.plan import designs, numbers
from crossblock.plan.questions import detects, questions, told
from crossblock.stats.power import paired_t_power

RESPONSE = numbers.from_truth(truth(), "hamd17")


def answers(name: str, n: int = 24) -> dict[str, float | None]:
    found = told(designs.candidate(name), RESPONSE, 0.28, n)
    return {t.question: t.probability for t in found}


def test_a_missing_cell_is_cannot_and_never_a_small_number() -> None:
    assert [k for k, v in answers("2x2").items() if v is None] == [
        "drug",
        "rest",
        "blocker",
        "dose",
    ]
    assert [k for k, v in answers("williams-3").items() if v is None] == ["blocker", "dose"]
    assert [k for k, v in answers("williams-4").items() if v is None] == ["dose"]
    assert answers("two-doses")["dose"] is not None
    why = {t.question: t.why for t in told(designs.candidate("2x2"), RESPONSE, 0.28, 24)}
    assert "needs a no-drug cell" in why["drug"]
    assert list(answers("2x2")) == [q.id for q in questions(0.28)]


def test_more_people_tell_more_apart() -> None:
    few, many = answers("two-doses", 24), answers("two-doses", 60)
    for q, x in few.items():
        if x is not None:
            assert many[q] is not None
            assert many[q] >= x - 0.002  # type: ignore[operator]


def test_detection_is_the_power_of_a_t_test() -> None:
    flat = numbers.stated("hamd17", drug=5.0, other=1.0, sd_difference=6.0)
    design = designs.candidate("williams-4")
    found = detects(design, flat, 0.28, 24, (OPEN, NONE), 5.0)
    assert found == pytest.approx(paired_t_power(24, 5.0, 6.0, df_lost=4), abs=1e-9)
    assert detects(design, flat, 0.28, 24, (OPEN, BLOCKED), 0.0) == pytest.approx(0.05)

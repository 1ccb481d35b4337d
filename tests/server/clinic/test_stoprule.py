"""The stop rule: computed words, judged with numbers, advising nothing."""

import pytest

from crossblock.server.clinic import gate, stoprule
from tests.server.clinic.conftest import MADRS, PLAN, Clinic, fill
from tests.server.clinic.test_fill import text

RULE = stoprule.Rule(form="madrs", share=0.5, after=6)


def test_its_words() -> None:
    assert RULE.words(None) == (
        "after six sessions the MADRS has fallen by less than 50 % of what it was before the "
        "first session"
    )
    assert RULE.words(27.0).endswith("from 27 it is still above 13.5")


@pytest.mark.parametrize(
    ("score", "met", "words"),
    [(2.0, True, "27 before the first session, 18 after, 33 % lost"),
     (1.0, False, "27 before the first session, 9 after, 67 % lost"),
     (4.0, True, "36 after, 33 % gained")],
)  # fmt: skip
def test_it_is_judged_after_six(clinic: Clinic, score: float, met: bool, words: str) -> None:
    patient = clinic.ready()
    for n in range(1, 6):
        clinic.session(patient, n, ago=24 * (40 - 3 * n))
    before = stoprule.judge(clinic.course(patient))
    assert before is not None
    assert before.met is None
    assert "judged after six sessions; so far five sessions" in before.words
    clinic.session(patient, 6, ago=24 * 22)
    lower = {f"item{i}": score for i in range(1, 10)}
    clinic.save(patient, "madrs", MADRS | lower, "day1", 6, ago=24 * 21)
    found = stoprule.judge(clinic.course(patient))
    assert found is not None
    assert found.met is met
    assert words in found.words
    for tail in ("", "plan/", "summary/"):
        assert words in text(clinic.web().get(f"/p/{patient.code}/{tail}"))


def test_without_a_rating_it_is_not_judged(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.save(patient, "plan", PLAN | {"stop-after": 1.0}, "plan", repeat=2)
    clinic.session(patient, 1, ago=24 * 30)
    clinic.save(patient, "madrs", MADRS, "between", ago=24 * 12)
    found = stoprule.judge(clinic.course(patient))
    assert found is not None
    assert found.met is None
    assert "no MADRS within 10 days after session one" in found.words


def test_x_is_no_rule_and_a_review_comes_within_months(clinic: Clinic) -> None:
    patient = clinic.ready()
    path = f"/p/{patient.code}/f/plan/0/plan/2/"
    page = fill(clinic.web(), path, PLAN | {"stop": "x", "review": "2099-01-01"})
    assert page.status_code == 422
    assert "another reader" in text(page)
    assert "review_within_months" in text(page)
    without = {k: v for k, v in PLAN.items() if k != "stop-share"}
    clinic.save(patient, "plan", without, "plan", repeat=2, ago=1)
    assert [m.key for m in gate.missing(clinic.course(patient))] == ["plan"]
    clinic.save(patient, "plan", PLAN | {"review": "2099-01-01"}, "plan", repeat=3)
    review = clinic.course(patient).review
    assert review is not None
    assert review.year < 2099  # whatever was written, the gate shuts again within months

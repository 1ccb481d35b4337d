from crossblock.domain.trial_plan import Budget, Scored, Told
from crossblock.plan import designs
from crossblock.plan.questions import questions
from crossblock.plan.recommend import outcomes, ranked

BUDGET = Budget(
    unit="sessions",
    total=100.0,
    per_person=4.0,
    screened=25,
    randomized=25,
    completers=20,
    sessions=50,
    months=30.0,
    per_month=1.0,
)


def scored(design: str, **answers: float | None) -> Scored:
    return Scored(
        design=designs.candidate(design),
        budget=BUDGET,
        power={0.28: 0.5},
        precision=None,
        assurance=0.4,
        told=tuple(Told(question=q, probability=p) for q, p in answers.items()),
        information=None,
    )


def test_what_cannot_be_seen_counts_as_nothing() -> None:
    sees = scored("williams-4", none=0.5, all=0.9, drug=0.9, blocker=0.3)
    blind = scored("2x2", none=0.8, all=1.0, drug=None, blocker=None)
    found = ranked([blind, sees], questions(0.28))
    assert [s.design.id for s in found] == ["williams-4", "2x2"]
    assert [s.rank for s in found] == [1, 2]
    assert "Cannot tell at any size: drug or time and hope; blockade" in found[1].reasons[1]
    assert "2.6 of 4 pairs" in found[0].reasons[0]


def test_outcomes_follow_the_cells() -> None:
    two, four = outcomes(scored("2x2"), 0.28), outcomes(scored("williams-4-glx"), 0.28)
    assert not any("Blocker alone" in o.result for o in two)
    for wanted in ("Blocker alone", "do not differ", "Glx"):
        assert any(wanted in o.result for o in four)
    assert any("uninformative" in o.means for o in two)

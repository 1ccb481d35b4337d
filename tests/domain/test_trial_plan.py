from crossblock.domain.candidate import Candidate
from crossblock.domain.trial_plan import Budget, Scored, Told


def test_expected_answers_are_the_sum_of_what_can_be_told() -> None:
    scored = Scored(
        design=Candidate(id="a", label="a", sequences=(("open", "blocked"),)),
        budget=Budget(
            unit="sessions",
            total=1.0,
            per_person=1.0,
            screened=1,
            randomized=1,
            completers=1,
            sessions=1,
            months=1.0,
            per_month=1.0,
        ),
        power={},
        precision=None,
        assurance=0.0,
        told=(Told(question="x", probability=0.4), Told(question="y", probability=None)),
        information=None,
    )
    assert scored.answers == 0.4

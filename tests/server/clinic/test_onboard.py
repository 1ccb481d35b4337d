"""What is on board is said in the words of the command line."""

from crossblock.server.clinic.interactions import found
from crossblock.server.clinic.onboard import sentences_for


def test_nothing_is_computed_where_nothing_is_known() -> None:
    assert sentences_for(found(["lamotrigine 200 mg"])) == ()
    (methadone,) = sentences_for(found(["methadone 60 mg daily"]))
    said = methadone.found.sentence if methadone.found else methadone.why
    assert said


def test_the_computation_says_that_it_is_no_advice() -> None:
    (answer,) = sentences_for(found(["naltrexone 50 mg daily, last dose 24 h ago"]))
    assert answer.found is not None
    assert any("not medical advice" in w for w in answer.found.warnings)

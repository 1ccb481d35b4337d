"""What may stand beside a study."""

from crossblock.report.beside import Beside


def test_a_study_may_stand_alone() -> None:
    alone = Beside()
    assert alone.exposure is None
    assert alone.blocker_study is None
    assert not alone.smallest
    assert alone == Beside()

import pytest

import crossblock as cb
from crossblock.cli import exposed, planning
from crossblock.core.errors import CrossblockError

ASKED = exposed.Asked.read("70", "1 h", "time_zero", ())


def test_the_command_at_the_foot_of_the_page_repeats_every_option() -> None:
    other = exposed.Asked.read("80", "1 h", "drug", ("ketamine=simons-2022",))
    said = planning.said("my.toml", other, ("90", None, "5 %"), ("methadone",))
    assert said == (
        "crossblock expose my.toml --weight 80 --from drug --set ketamine=simons-2022 "
        '--want "90" --residual "5 %" --on-board "methadone"'
    )


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        (("0.9", None, None), "cannot be planned for"),
        (("100", None, None), "no dose blocks everything"),
        (("90 mg", None, None), "not a unit of fraction"),
        ((None, "45 min", None), "a window needs two times"),
        ((None, "85 min,45 min", None), "ends before it starts"),
        ((None, None, "0"), "cannot be planned for"),
    ],
)
def test_a_wish_that_cannot_be_is_a_sentence(wishes: planning.Wishes, says: str) -> None:
    with pytest.raises(CrossblockError, match=says):
        planning.Found.of("williams-2018", ASKED, wishes, ())


def test_a_page_without_wishes_needs_no_blocker_but_a_wish_does() -> None:
    nothing = planning.Found.of("nimh-ketamine-saline", ASKED, (None, None, None), ())
    assert nothing.plan is None
    with pytest.raises(CrossblockError, match="gives no blocker"):
        planning.Found.of("nimh-ketamine-saline", ASKED, ("90", None, None), ())


def test_the_people_of_a_band_are_the_same_every_time() -> None:
    first, second = planning.people(), planning.people()
    assert first == second == cb.Stream(exposed.SEED, "between persons")

import pytest

from crossblock.core.errors import InputError
from crossblock.domain.weighed import Arm, Kind, Role, WeighedStudy, Weighing, check_fit, split


def study(id: str, role: Role, family: str = "") -> WeighedStudy:
    return WeighedStudy(
        id=id,
        title=f"{id.title()} 2020, remark",
        evidence=id,
        kind=Kind.FALLS,
        role=role,
        arms=(Arm(label="open", regimen="r", setting="masked"),),
        times_h=(24.0,),
        family=family,
    )


BASE, ONE, TWO, ALONE, HELD = (
    study("base", Role.FIT),
    study("one", Role.MECHANISM, "pair"),
    study("two", Role.MECHANISM, "pair"),
    study("alone", Role.MECHANISM),
    study("held", Role.HELD_OUT),
)
ALL = Weighing(regimens=(), studies=(BASE, ONE, TWO, ALONE, HELD))


def test_families_are_those_of_mechanism_in_order() -> None:
    assert ALL.families == ("pair", "alone")


def test_an_unknown_study_is_named_with_the_known_ones() -> None:
    assert ALL.study("two") is TWO
    with pytest.raises(InputError, match="use one of: base, one, two, alone, held"):
        ALL.study("three")


def test_a_split_holds_out_whole_families_and_what_is_always_held() -> None:
    both = split(ALL, ("pair",))
    assert both.fit == ("base", "one", "two")
    assert both.held == ("alone", "held")
    assert both.words == "fitted to the calibrating studies and One 2020 and Two 2020"
    none = split(ALL, ())
    assert (none.name, none.fit) == ("calibration", ("base",))
    assert none.words.endswith("no blockade study")


def test_a_held_out_study_in_a_fit_is_an_error() -> None:
    assert check_fit(ALL, ("base", "alone")) == (BASE, ALONE)
    with pytest.raises(InputError) as refused:
        check_fit(ALL, ("base", "held"))
    assert "held: Held 2020" in str(refused.value)
    assert "hold-out table" in str(refused.value)

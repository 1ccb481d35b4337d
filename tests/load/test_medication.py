import pytest

from crossblock.core.errors import CatalogError, CrossblockError, InputError, QuantityError
from crossblock.domain.dose import Route
from crossblock.load.medication import medication


def test_a_full_line_is_read_and_nothing_is_filled_in() -> None:
    taken = medication("naltrexone 50 mg daily for 10 doses, last dose 24 h ago")
    assert taken.compound == "naltrexone"
    assert [d.start_h for d in taken.doses] == [-240.0 + 24.0 * k for k in range(10)]
    assert {d.amount for d in taken.doses} == {50.0}
    assert taken.taken == ()


def test_what_is_left_out_is_usual_and_said() -> None:
    taken = medication("naltrexone")
    assert (len(taken.doses), taken.doses[-1].start_h) == (30, -24.0)
    assert taken.taken == (
        "dose 50 mg (assumed)",
        "last dose before the session: 24 h (assumed)",
        "a dose every 1 d (assumed)",
        "doses so far: 30 (assumed)",
    )


@pytest.mark.parametrize(
    "line", ["depot, 14 d ago", "depot naltrexone, 14 d ago", "naltrexone depot 380 mg, 14 d ago"]
)
def test_the_depot_has_three_names(line: str) -> None:
    taken = medication(line)
    assert taken.compound == "naltrexone"
    assert {d.route for d in taken.doses} == {Route.DEPOT}
    assert {d.amount for d in taken.doses} == {380.0}
    assert taken.doses[-1].start_h == -14 * 24.0


def test_one_dose_is_one_dose() -> None:
    assert len(medication("naltrexone 50 mg once, 2 d ago").doses) == 1
    assert len(medication("naloxone 0.4 mg iv, 2 h ago").doses) == 1


def test_an_agonist_has_a_level_but_no_dose_model() -> None:
    taken = medication("buprenorphine 16 mg daily, level 2 ng/mL")
    assert taken.doses == ()
    assert taken.level is not None
    assert taken.level.value == pytest.approx(0.002)
    assert medication("methadone").doses == ()


@pytest.mark.parametrize(
    ("line", "kind", "says"),
    [
        ("", InputError, "no compound is named"),
        ("naltrexon 50 mg", CatalogError, "did you mean naltrexone"),
        ("naltrexone fifty", InputError, "words that are not understood"),
        ("naltrexone 50 mL daily", QuantityError, "not a unit of dose"),
        ("naltrexone -50 mg daily", InputError, "words that are not understood"),
        ("naltrexone 50 mg, 24 h", InputError, "words that are not understood"),
        ("naltrexone 50 mg for 9999 doses, 1 d ago", InputError, "too many or too few"),
        ("naloxone", InputError, "the dose is missing"),
        ("naloxone 0.4 mg", InputError, "the time since the last dose is missing"),
        ("buprenorphine level 2 mg", QuantityError, "not a unit of concentration"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(
    line: str, kind: type[CrossblockError], says: str
) -> None:
    with pytest.raises(kind, match=says):
        medication(line)

import pytest

from crossblock.core.streams import Stream
from crossblock.domain.candidate import Candidate
from crossblock.domain.protocol import Protocol
from crossblock.domain.trial_plan import Scored
from crossblock.load.compound import compound
from crossblock.load.people import truth
from crossblock.load.protocol import parse, read
from crossblock.plan import designs, numbers
from crossblock.plan.budget import budget, prices
from crossblock.plan.edit import edited
from crossblock.plan.interim import advice as look
from crossblock.plan.pharmacy import advice

WILLIAMS = read("williams-2018")
PHARMACY = advice(WILLIAMS, {n: compound(n) for n in WILLIAMS.compound_ids}, Stream(1, "test"))
RESPONSE = numbers.from_truth(truth(), "hamd17")


def made(design: Candidate, n: int = 48) -> tuple[str, Protocol]:
    best = Scored(
        design=design,
        budget=budget(design, prices(WILLIAMS, truth()), n, 0.5),
        power={},
        precision=None,
        assurance=0.0,
        told=(),
        information=None,
    )
    text = edited(
        WILLIAMS,
        best,
        interim=look(design, RESPONSE, n, (0.28,)),
        pharmacy=PHARMACY,
        endpoint="hamd17",
        because="a test",
    )
    return text, parse(text.encode(), f"{design.id}.toml")


@pytest.mark.parametrize("design", designs.candidates(), ids=lambda d: d.id)
def test_every_design_becomes_a_protocol_that_reads(design: Candidate) -> None:
    text, found = made(design)
    assert text.startswith("# The next study after williams-2018")
    cells = {c.id: c.cell for c in found.conditions}
    extra = 1 if design.qualifying else 0
    assert found.periods == design.periods + extra
    wanted = [[c.replace("_high", "") for c in s] for s in design.sequences]
    assert [[cells[c] for c in s[extra:]] for s in found.sequence_conditions] == wanted
    assert found.registry is None
    assert found.participants.completed is None
    assert not any(a.role == "as published" for a in found.analysis.analyses)
    assert found.interim is not None
    assert found.interim.rules[0].endpoint == "hamd17"
    if design.crossover:
        assert found.design.washout is not None
        assert found.design.washout.value.value == 24 * PHARMACY.recommended_washout_d
        assert found.design.washout.amber


def test_what_a_placebo_replaces_looks_and_lasts_alike() -> None:
    _, found = made(designs.candidate("williams-4"))
    infusion, real = found.administration("placebo-infusion"), found.administration("ketamine")
    assert (infusion.role, infusion.in_place_of) == ("placebo", "ketamine")
    assert infusion.start_h == real.start_h
    assert infusion.duration_h == real.duration_h
    alone = next(c for c in found.conditions if c.cell == "blocker_alone")
    assert alone.administrations == ("naltrexone", "placebo-infusion")


def test_the_second_dose_is_double_and_amber() -> None:
    _, found = made(designs.candidate("two-doses"))
    dose = found.administration("naltrexone-high").dose
    assert dose is not None
    assert dose.value.value == 100.0
    assert dose.amber


def test_a_limit_that_the_new_design_lifts_is_gone() -> None:
    before = WILLIAMS.limits[0]
    assert before in made(designs.candidate("2x2"))[1].limits
    assert before not in made(designs.candidate("williams-4"))[1].limits


def test_a_file_without_a_look_has_no_interim() -> None:
    assert made(designs.candidate("williams-3"), 12)[1].interim is None

import csv
import dataclasses
from pathlib import Path

import pytest

from crossblock.core.errors import ConvergenceError, InputError
from crossblock.domain.response import Response
from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.plan import budget, designs, numbers
from crossblock.plan.assurance import power
from crossblock.plan.precision import precision
from crossblock.plan.questions import told
from crossblock.plan.size import for_power, for_width, sizes, to_settle
from crossblock.stats.power import detectable_effect, paired_t_size

STATED = Path(__file__).parents[1] / "reference" / "plan" / "sizes.csv"
TWO = designs.candidate("2x2")
TEXTBOOK = numbers.from_truth(truth(), "hamd17")


@pytest.mark.parametrize("row", list(csv.DictReader(STATED.open())), ids=lambda r: r["said"])
def test_stated_sizes_and_detectable_effects(row: dict[str, str]) -> None:
    lost, sd = int(row["df_lost"]), float(row["sd"])
    found = (
        paired_t_size(float(row["effect"]), sd, df_lost=lost)
        if row["quantity"] == "size"
        else detectable_effect(float(row["n"]), sd, df_lost=lost)
    )
    assert found == pytest.approx(float(row["expected"]), abs=float(row["tolerance"]))


@pytest.mark.parametrize(
    ("effect", "share", "sd", "expected"), [(9.2, 0.28, 9.5, 110), (16.5, 0.28, 11.0, 47)]
)
def test_the_two_by_two_needs_about_as_many(
    effect: float, share: float, sd: float, expected: int
) -> None:
    """The crossover loses one degree of freedom more and comes in pairs of sequences."""
    response = numbers.stated("madrs", drug=effect, other=0.0, sd_difference=sd)
    assert for_power(TWO, response, share) == pytest.approx(expected, abs=2)


def test_the_size_is_the_first_that_reaches_the_goal() -> None:
    n = for_power(TWO, TEXTBOOK, 0.28)
    assert power(TWO, TEXTBOOK, 0.28, n) >= 0.8 > power(TWO, TEXTBOOK, 0.28, n - 2)
    n = for_width(TWO, TEXTBOOK, 0.28, width=0.3)
    widths = []
    for k in (n, n - 2):
        a, V = designs.effects(TWO, TEXTBOOK, 0.28, k)
        widths.append(precision(a, V, designs.degrees(TWO, k)).median_width)
    assert widths[0] <= 0.3 < widths[1]


def test_settling_answers_every_question_the_design_can_see() -> None:
    design = designs.candidate("williams-4")
    n = to_settle(design, TEXTBOOK, 0.28)
    answers = {t.question: t.probability for t in told(design, TEXTBOOK, 0.28, n)}
    assert answers["dose"] is None
    assert min(x for x in answers.values() if x is not None) >= 0.8


@pytest.mark.parametrize("target", [0.0, 1.0, 0.01, float("nan")])
def test_an_impossible_power_is_refused(target: float) -> None:
    with pytest.raises(InputError, match="no number of people reaches this power"):
        for_power(TWO, TEXTBOOK, 0.28, power=target)


def test_an_impossible_width_or_effect_is_refused() -> None:
    for width in (0.0, -1.0, float("nan")):
        with pytest.raises(InputError, match="no number of people reaches this width"):
            for_width(TWO, TEXTBOOK, 0.28, width=width)
    with pytest.raises(InputError, match="no number of people reaches this effect"):
        for_power(TWO, TEXTBOOK, 0.0)
    with pytest.raises(ConvergenceError, match="100,000 people"):
        for_width(TWO, TEXTBOOK, 0.28, width=0.001)


def test_no_spread_is_refused() -> None:
    flat: Response = dataclasses.replace(TEXTBOOK, var_drug=0.0, var_session=0.0)
    with pytest.raises(InputError, match="do not vary between sessions"):
        for_width(TWO, flat, 0.28)


def test_sizes_say_what_cannot_be_reached() -> None:
    prices = budget.prices(read("williams-2018"), truth())
    found = sizes(TWO, TEXTBOOK, prices, fraction=0.28, power=0.8, width=0.0005)
    assert [s.completers is None for s in found] == [False, False, True]
    assert "100,000" in found[-1].why
    assert found[0].randomized is not None
    assert found[0].randomized > (found[0].completers or 0)

"""The verdict in words follows fixed rules."""

from dataclasses import replace

import pytest

from crossblock.domain.account import LeftOut
from crossblock.domain.odds import ShareShift
from crossblock.report import weighed_words as words
from tests.report.accounted import FRACTIONS, HELD, MECHANISMS, STUDIES, account, fraction, odds


def p(x: float) -> object:
    return odds(H1=x, H3a=(1 - x) / 2, H5=(1 - x) / 2)


@pytest.mark.parametrize(
    ("main", "left", "said"),
    [
        (0.01, 0.03, "speak for a part of opioid receptors"),
        (0.01, 0.30, "likely, yet not under every assumption: without W 2018, responders, 30"),
        (0.045, 0.03, "likely, yet not under every assumption: within the Monte Carlo error"),
        (0.05, 0.03, "leave open"),
        (0.95, 0.95, "leave open"),
        (0.96, 0.96, "speak against a part of opioid receptors"),
    ],
)
def test_what_may_be_said_of_opioid_receptors(main: float, left: float, said: str) -> None:
    found = account(
        odds=p(main),
        sensitivity={"even": p(main)},
        left_out=(LeftOut(study="W 2018, responders", odds=p(left)),),  # type: ignore[arg-type]
    )
    assert said in words.contribution(found)


def test_the_fraction_is_that_of_the_crossovers_together_or_not_estimable() -> None:
    assert words.fraction_words(account()).startswith(
        "Taken together, the two crossovers with a blocker (12 and 26 people) are compatible with "
        "25 to 90\u202f%"
    )
    flat = fraction("both", "both", range_of_log_likelihood=1.0)
    for rows in ((), (flat,), FRACTIONS[:3]):
        assert "not estimable from what is published" in words.fraction_words(
            account(fractions=rows)
        )


def test_a_trial_whose_drug_beat_nothing_could_not_tell() -> None:
    assert words.silent_words(account()) == (
        "Y 2025 (60 treated, 3 arms) could not tell: the drug did not beat its control there."
    )
    beat = replace(account().held_out[0], figures=(replace(HELD[0], observed=1.0),))
    assert words.silent_words(account(held_out=(beat,))) == ""


def test_no_kind_of_receptor_is_named_unless_the_shares_moved() -> None:
    assert "these data do not distinguish them" in words.receptor_words(account())
    moved = ShareShift(mechanism="H3a", symbol="kappa_share", prior_mean=0.2, prior_sd=0.16,
                       mean=0.6, sd=0.05, distinguished=True)  # fmt: skip
    assert "moved from their prior under H3a" in words.receptor_words(account(receptors=(moved,)))
    few = tuple(replace(m, effective=60.0) for m in MECHANISMS)
    said = words.receptor_words(account(receptors=(moved,), mechanisms=few))
    assert "do not distinguish them" in said


def test_a_glutamate_signal_says_before_or_after_and_no_more() -> None:
    assert "no more than that" in words.signal_words(account())
    assert words.signal_words(account(studies=STUDIES[:2])) == ""


def test_selection_is_shown_with_and_without() -> None:
    said = words.selection_words(account())
    assert "70\u202f% (20 to 95\u202f%) when that selection is part of the likelihood" in said
    assert "80\u202f% (30 to 100\u202f%) when it is ignored" in said
    assert words.selection_words(account(fractions=FRACTIONS[2:])) == (
        "Each report is read through its own design."
    )

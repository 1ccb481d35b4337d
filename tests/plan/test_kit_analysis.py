from typing import get_args

from crossblock.domain.plan import PlannedModel
from crossblock.load.protocol import read
from crossblock.plan.kit_analysis import MODELS, estimand_text


def test_every_model_of_a_protocol_is_explained() -> None:
    assert set(MODELS) == set(get_args(PlannedModel))


def test_an_estimand_names_both_conditions_and_its_events() -> None:
    said = estimand_text(read("williams-2018"), "blockade")
    assert "Naltrexone, then ketamine against Placebo, then ketamine" in said
    assert "Leaving after the first infusion: hypothetical" in said
    assert "[to be written: events" in estimand_text(read("williams-2018"), "fraction")

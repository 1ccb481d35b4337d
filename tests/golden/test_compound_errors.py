"""What a person reads when a compound, dose or wish cannot be used."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crossblock.core.errors import CrossblockError
from crossblock.core.streams import Stream
from crossblock.domain.dose import Dose, Route
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.dosing import dose_for
from crossblock.exposure.occupancy import Basis, occupancy
from crossblock.exposure.onboard import on_board
from crossblock.exposure.plasma import plasma
from crossblock.load.compound import compound, read

HERE = Path(__file__).parent
TEXTS = HERE / "compound_errors.txt"
FILE = (HERE / "compound.toml").read_text(encoding="utf-8")
KETAMINE, NALTREXONE = compound("ketamine"), compound("naltrexone")
INFUSION = Dose(start_h=0, amount=35, route=Route.IV, duration_h=2 / 3)


def changed(*changes: tuple[str, str]) -> Callable[[], object]:
    text = FILE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return lambda: read(text.encode(), "probe.toml")


CASES: dict[str, Callable[[], object]] = {
    "unknown compound": lambda: compound("naltrexon"),
    "a number without a source": changed(('source = "paper", confidence = "read", cv', "cv")),
    "a source that is not listed": changed(('"L", source = "paper"', '"L", source = "nobody"')),
    "negative Ki": changed(("value = 2, unit", "value = -2, unit")),
    "a unit that cannot be converted": changed(('unit = "umol/L"', 'unit = "mg"')),
    "an unknown symbol": changed(("V1 = {", "V9 = {")),
    "several at once": changed(("value = 20,", "value = -20,"), ('unit = "umol/L"', 'unit = "uX"')),
    "a route without parameters": lambda: plasma(
        KETAMINE, [Dose(start_h=0, amount=35, route=Route.IM)], [1.0]
    ),
    "contradictory infusion times": lambda: Dose(
        start_h=0, amount=35, route=Route.IV, duration_h=-1
    ),
    "a tablet that lasts": lambda: plasma(
        KETAMINE, [Dose(start_h=0, amount=35, route=Route.ORAL, duration_h=1)], [1.0]
    ),
    "a weight of zero": lambda: plasma(KETAMINE, [INFUSION], [1.0], weight_kg=0.0),
    "an unknown set": lambda: plasma(KETAMINE, [INFUSION], [1.0], set_id="fanta"),
    "a set without time course": lambda: plasma(KETAMINE, [INFUSION], [1.0], set_id="hasan-2021-S"),
    "no blockade model": lambda: blockade_curve(compound("ketanserin"), [], [1.0]),
    "no kinetics": lambda: plasma(compound("midazolam"), [INFUSION], [1.0]),
    "no ratio": lambda: blockade_curve(NALTREXONE, [], [1.0], receptor=ReceptorId.DOPAMINE_2),
    "no basis factor": lambda: occupancy(
        KETAMINE,
        {"norketamine": 1.0},
        ReceptorId.NMDA,
        affinity_set="ebert-1997",
        basis=Basis.UNBOUND,
    ),
    "a window before the dose": lambda: dose_for(NALTREXONE, 0.9, (0.0, 1.0), route=Route.ORAL),
    "a blockade of everything": lambda: dose_for(NALTREXONE, 1.0, (1.0, 2.0), route=Route.ORAL),
}


def told() -> str:
    parts = []
    for name, act in CASES.items():
        with pytest.raises(CrossblockError) as caught:
            act()
        parts.append(f"# {name}\n{caught.value}\n")
    return "\n".join(parts)


def test_error_texts_are_the_golden_ones() -> None:
    assert told() == TEXTS.read_text(encoding="utf-8")


def test_what_is_not_known_is_said_in_one_sentence() -> None:
    found = on_board(compound("methadone"), [], 0.0, stream=Stream(1, "x"))
    assert found.sentence == (
        "Methadone: the share of receptors held is unknown. Not found: kinetics, receptor "
        "constants or occupancy of methadone with sourced numbers."
    )

"""Virtual raters: repeatable, in range, and only the drug and the blocker move them."""

from pathlib import Path

import numpy as np
import pytest

from crossblock.cli.theater import VirtualRaters, make_demo, opened, virtual_study
from crossblock.core.errors import OutputError
from crossblock.load import catalog, instrument
from crossblock.load.conduct import read as read_conduct
from crossblock.load.protocol import read as read_protocol
from crossblock.server.trial.schedule import Place, places

PROTOCOL = read_protocol("williams-2018")
EVERY = places(PROTOCOL, read_conduct("one-site"))


def raters(blocking: float = 0.6, seed: int = 1) -> VirtualRaters:
    arms = {s: PROTOCOL.sequence_ids[s % 2] for s in range(1, 201)}
    return VirtualRaters(
        protocol=PROTOCOL, sequence_of=arms, seed=seed, blocking=blocking, missing=0.0
    )


def place(visit: str, period: int = 1) -> Place:
    return next(p for p in EVERY if (p.form, p.visit, p.period) == ("hamd17", visit, period))


@pytest.mark.parametrize("where", EVERY, ids=lambda p: f"{p.form}-{p.visit}-{p.period}-{p.rater}")
def test_answers_are_allowed_and_repeatable(where: Place) -> None:
    first = raters().answers(7, where)
    assert first == raters().answers(7, where)
    assert first is not None
    found = instrument.read(where.form)
    for key, value in first.items():
        assert found.item(key).allows(float(value))


def mean(r: VirtualRaters, visit: str, first: str) -> float:
    slots = [s for s in range(1, 201) if r.sequence_of[s] == first]
    total = [sum(map(float, (r.answers(s, place(visit)) or {}).values())) for s in slots]
    return float(np.mean(total))


def test_the_drug_lowers_and_the_blocker_takes_it_back() -> None:
    r = raters()
    before, opened_, blocked = (
        mean(r, "baseline", "placebo-first"),
        mean(r, "d1", "placebo-first"),
        mean(r, "d1", "naltrexone-first"),
    )
    assert opened_ < blocked - 2 < before


def test_without_blocking_the_arms_are_alike() -> None:
    r = raters(blocking=0.0)
    assert abs(mean(r, "d1", "placebo-first") - mean(r, "d1", "naltrexone-first")) < 1.5


def test_a_virtual_study_opens_with_its_key(tmp_path: Path) -> None:
    key = virtual_study(
        tmp_path / "s",
        PROTOCOL,
        catalog.path("protocols", "williams-2018"),
        slots=10,
        seed=3,
        conduct=catalog.path("conduct", "one-site"),
    )
    assert set(opened(tmp_path / "s" / "allocation", key).values()) == set(PROTOCOL.sequence_ids)


def test_a_demo_overwrites_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="exists already"):
        make_demo(tmp_path)

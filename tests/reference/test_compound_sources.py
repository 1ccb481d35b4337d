"""Every number in the catalog stands in the sourced rows, or says that it does not."""

import csv
import re
from pathlib import Path

import pytest

from crossblock.domain.compound import Compound, Parameter
from crossblock.domain.fact import Confidence
from crossblock.load.catalog import names
from crossblock.load.compound import compound

HERE = Path(__file__).with_name("pharmacology")
OPEN = {Confidence.COMPUTED, Confidence.ASSUMED, Confidence.MEMORY}


def printed() -> set[float]:
    """Return every number in the sourced rows and in the table of scans."""
    text = "".join((HERE / n).read_text() for n in ("pharmacology.csv", "mor_blockade_pet.csv"))
    with (HERE / "note_only.csv").open(newline="") as file:
        text += " ".join(r["value"] for r in csv.DictReader(file))
    return {float(x) for x in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", text)}


def numbers(c: Compound) -> list[Parameter]:
    tables = [s.parameters for s in c.sets.values()]
    tables += [t for s in c.sets.values() for t in s.routes.values()]
    tables += [m.parameters for s in c.sets.values() for m in s.metabolites]
    tables += [b.parameters for b in c.blockades.values()]
    tables += [b.ratios for b in c.blockades.values()]
    tables += [a.parameters for a in c.affinities]
    found = [p for t in tables for p in t.values()]
    return [*found, *(f.parameter for f in c.figures.values()), *(s.blockade for s in c.scans)]


@pytest.mark.parametrize("name", names("compounds"))
def test_numbers_that_claim_a_text_stand_in_the_rows(name):
    known = printed()
    for p in numbers(compound(name)):
        if p.confidence in OPEN:
            continue
        value = float(p.published.split()[0])
        assert value in known, (name, p.symbol, p.published)
        if p.cv is not None:
            assert round(100 * p.cv, 1) in known, (name, p.symbol, p.cv)


@pytest.mark.parametrize("name", names("compounds"))
def test_computed_and_assumed_numbers_say_how(name):
    for p in numbers(compound(name)):
        if p.confidence in {Confidence.COMPUTED, Confidence.ASSUMED}:
            assert p.note or p.spread or p.source.text.startswith(("K-PD fit", "Assumed")), p

import math

import pytest

from crossblock.core.errors import CatalogError
from crossblock.domain.fact import Confidence
from crossblock.load.catalog import names
from crossblock.load.compound import compound, read

FILE = """
schema = "crossblock/compound/1"
id = "probe"
title = "Probe"
kind = "blocker"
summary = "For tests."
[sources.paper]
text = "A paper"
doi = "10.1/x"
[[analyte]]
id = "probe"
molar_mass = { value = 300, unit = "g/mol", source = "paper", confidence = "memory" }
[[set]]
id = "one"
title = "One"
analyte = "probe"
structure = "compartments"
population = "healthy adults"
sampling_site = "venous"
scaling = "allometric"
weight = { value = 70, unit = "kg", source = "paper", confidence = "read" }
[set.parameters]
V1 = { value = 20, unit = "L", source = "paper", confidence = "read", cv = 0.3 }
CL = { value = 1000, unit = "mL/min", source = "paper", confidence = "read" }
[set.routes.iv]
[[affinity]]
set = "a"
ligand = "probe"
receptor = "mu"
assay = "none"
[affinity.parameters]
Ki = { value = 2, unit = "umol/L", source = "paper", confidence = "read", low = 1, high = 4 }
"""


def refused(text):
    with pytest.raises(CatalogError) as caught:
        read(text.encode(), "probe.toml")
    return caught.value.problems


def test_values_arrive_in_canonical_units_with_what_was_printed():
    probe = read(FILE.encode(), "probe.toml")
    CL = probe.sets["one"].parameters["CL"]
    assert (CL.value, CL.unit, CL.published) == (pytest.approx(60.0), "L/h", "1000 mL/min")
    Ki = probe.affinities[0].parameters["Ki"]
    assert (Ki.value, Ki.low, Ki.high) == pytest.approx((2000.0, 1000.0, 4000.0))
    assert Ki.source.doi == "10.1/x"
    assert probe.sets["one"].parameters["V1"].cv == 0.3


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('source = "paper", confidence = "read", cv', 'confidence = "read", cv', "missing"),
        ('"L", source = "paper"', '"L", source = "nobody"', "source is not listed"),
        ("value = 2, unit", "value = -2, unit", "must be more than 0"),
        ('unit = "umol/L"', 'unit = "mg"', "not a unit of molar concentration"),
        ('unit = "umol/L"', 'unit = "furlong"', "unknown unit"),
        ("V1 = {", "V9 = {", "unknown symbol"),
        ("low = 1", "low = 9", "low is above high"),
        ("value = 20,", "value = nan,", "finite"),
        ("value = 20,", 'value = "20",', "not a number"),
        ('receptor = "mu"', 'receptor = "sigma"', "not one of the allowed words"),
        ('title = "One"', 'titel = "One"', "no such key"),
        ('structure = "compartments"', 'structure = "fractal"', "not one of the allowed words"),
        ("compound/1", "compound/2", "not one of the allowed words"),
    ],
)
def test_each_mistake_is_named_with_its_place(before, after, said):
    assert before in FILE
    problems = refused(FILE.replace(before, after))
    assert any(said in p.what for p in problems), problems
    assert all(p.where.startswith("probe.toml") and p.fix for p in problems)


def test_all_mistakes_are_listed_at_once():
    text = FILE.replace("value = 20,", "value = -20,").replace("value = 2,", "value = -2,")
    assert len(refused(text)) == 2


def test_unreadable_files_are_refused():
    assert "not a TOML file" in refused("schema = [")[0].what


def test_unknown_compounds_suggest_the_nearest_name():
    with pytest.raises(CatalogError, match="did you mean naltrexone"):
        compound("naltrexon")


def test_a_path_is_accepted_where_a_name_is(tmp_path):
    path = tmp_path / "probe.toml"
    path.write_text(FILE)
    assert compound(str(path)).id == "probe"


def test_a_borrowed_set_keeps_its_numbers_and_says_what_it_stands_for():
    here = compound("ketamine").kinetic_set("fanta-2015")
    lender = compound("esketamine").kinetic_set("fanta-2015")
    assert here.parameters == lender.parameters
    assert (here.analyte, lender.analyte) == ("ketamine", "S-ketamine")
    assert "treats R as S" in here.note


def test_an_association_rate_with_exponent_is_converted_by_that_exponent():
    rows = [a for a in compound("naloxone").affinities if a.set == "fda-2022"]
    p = rows[0].parameters
    half = (p["koff"].value / p["kon"].value) ** (1 / p["n"].value)
    printed = float(p["kon"].published.split()[0])
    assert half == pytest.approx((0.03959 / printed) ** (1 / 0.858) / 1000, rel=1e-12)


@pytest.mark.parametrize("name", names("compounds"))
def test_every_catalog_compound_reads_and_holds_only_sourced_numbers(name):
    found = compound(name)
    assert found.id == name
    numbers = [p for s in found.sets.values() for p in s.parameters.values()]
    numbers += [p for b in found.blockades.values() for p in b.parameters.values()]
    numbers += [p for a in found.affinities for p in a.parameters.values()]
    numbers += [f.parameter for f in found.figures.values()]
    assert numbers or found.not_found
    assert all(math.isfinite(p.value) and p.source.text and p.unit for p in numbers)
    assert all(isinstance(p.confidence, Confidence) for p in numbers)

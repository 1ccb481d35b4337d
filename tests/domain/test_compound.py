import pytest

from crossblock.core.errors import CatalogError
from crossblock.domain.compound import Compound, NotFound, Parameter, Source, amber
from crossblock.domain.dose import Route
from crossblock.domain.fact import Confidence
from crossblock.domain.receptor import ReceptorId
from crossblock.load.compound import compound


def number(symbol, confidence):
    return Parameter(
        symbol=symbol,
        value=2.0,
        unit="1/h",
        source=Source(key="k", text="a paper"),
        confidence=confidence,
        published="2 1/h",
    )


def test_only_remembered_and_assumed_numbers_are_amber():
    numbers = [number(c.name, c) for c in Confidence]
    assert amber(numbers) == ("MEMORY = 2 1/h (memory)", "ASSUMED = 2 1/h (assumed)")
    assert amber(numbers * 2) == amber(numbers)


def test_an_empty_compound_says_what_was_not_found():
    empty = Compound(
        id="x",
        title="X",
        kind="drug",
        summary="",
        analytes={},
        sets={},
        blockades={},
        affinities=(),
        figures={},
        not_found=(NotFound(what="kinetics", searched="two libraries"),),
    )
    with pytest.raises(CatalogError, match="not found \\(kinetics: two libraries\\)"):
        empty.kinetic_set()
    with pytest.raises(CatalogError, match="no blockade model"):
        empty.blockade_model()
    with pytest.raises(CatalogError, match="no affinity at mu"):
        empty.affinities_of("any", ReceptorId.MU)


def test_a_set_names_the_routes_it_can_serve():
    fanta = compound("ketamine").kinetic_set("fanta-2015")
    assert fanta.route(Route.IV, "ketamine") == {}
    with pytest.raises(CatalogError, match="use one of: iv"):
        fanta.route(Route.NASAL, "ketamine")


def test_an_unknown_set_lists_the_known_ones():
    with pytest.raises(CatalogError, match="clements-1981, domino-1982"):
        compound("ketamine").kinetic_set("clement")

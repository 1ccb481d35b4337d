"""How a dose arrives: as given, as sprays, as a published share, or not at all."""

import pytest

from crossblock.core.errors import CatalogError
from crossblock.domain.dose import Dose, Route
from crossblock.exposure.arrival import NASAL_SET, arriving
from crossblock.load.compound import compound


def dose(route: Route, amount: float = 56.0, *, per_kg: bool = False) -> Dose:
    return Dose(start_h=0.0, amount=amount, route=route, per_kg=per_kg)


def test_sprays_of_28_mg_have_kinetics_of_their_own() -> None:
    drug, doses, assumed = arriving(compound("esketamine"), dose(Route.NASAL))
    assert drug.default_set == NASAL_SET
    assert [d.amount for d in doses] == [28.0, 28.0]
    assert assumed == ()


def test_a_published_share_arrives_and_its_pace_is_assumed() -> None:
    _, (given,), (words,) = arriving(compound("ketamine"), dose(Route.ORAL, 100.0))
    assert given.route is Route.IV
    assert 0 < given.amount < 100
    assert "assumed" in words


@pytest.mark.parametrize(
    ("name", "route", "per_kg"),
    [
        ("esketamine", Route.NASAL, True),
        ("esketamine", Route.IM, False),
        ("ketamine", Route.SUBCUTANEOUS, True),
    ],
)
def test_a_route_without_sourced_numbers_is_refused(name: str, route: Route, per_kg: bool) -> None:
    with pytest.raises(CatalogError, match="no sourced numbers"):
        arriving(compound(name), dose(route, 0.5, per_kg=per_kg))

"""References of a dose: one for every drug and route that the form knows, each with its source."""

import itertools

from crossblock.server.clinic.house import Contact, House
from crossblock.server.clinic.references import reference
from crossblock.server.clinic.sheets import DOSE, ROUTES

HOUSE = House(name="A", zone="UTC", page_to="a@b.c", usual_mg_per_kg=0.4,
              crisis=(Contact(who="A", how="1"),))  # fmt: skip


def test_every_drug_and_route_of_the_form_has_one() -> None:
    drugs = next(q.choices for q in DOSE.questions if q.id == "drug")
    for (drug, _), (route, _) in itertools.product(drugs, ROUTES):
        found = reference(drug, route, HOUSE)
        assert 0 < found.low <= found.high
        assert found.source
        assert found.assumed == ((drug, route) != ("ketamine", "iv"))


def test_the_house_sets_its_own_for_the_infusion() -> None:
    found = reference("ketamine", "iv", HOUSE)
    assert (found.low, found.high, found.unit) == (0.4, 0.4, "mg/kg")


def test_a_label_is_left_at_its_upper_end_and_others_at_three_times() -> None:
    nasal, infusion = reference("esketamine", "nasal", HOUSE), reference("ketamine", "iv", HOUSE)
    assert [bool(nasal.asks(mg)) for mg in (18.0, 28.0, 84.0, 85.0)] == [True, False, False, True]
    assert infusion.asks(1.19) == ""
    assert infusion.asks(1.2) == "3 times 0.4 mg/kg"
    assert infusion.asks(0.1) == "0.25 times 0.4 mg/kg"

import pytest

import crossblock as cb
from crossblock.cli import exposed
from crossblock.core.errors import CrossblockError
from crossblock.domain.dose import Route


def asked(sets: tuple[str, ...] = (), at: str = "45 min, 24 h") -> exposed.Asked:
    return exposed.Asked.read("70", at, "time_zero", sets)


def test_options_become_canonical_numbers() -> None:
    found = exposed.Asked.read("154 lb", "45 min,1 d", "drug", ("ketamine=simons-2022",))
    assert found.kg == pytest.approx(69.85, abs=0.01)
    assert found.hours == (0.75, 24.0)
    assert found.words == ("45 min", "1 d")
    assert found.sets == {"ketamine": "simons-2022"}
    assert found.origin == "drug"


def test_a_set_without_its_compound_is_refused() -> None:
    with pytest.raises(CrossblockError, match="without its compound"):
        asked(("simons-2022",))


def test_csv_and_rows_hold_the_same_numbers() -> None:
    study = cb.read_protocol("williams-2018")
    compounds = {c: cb.read_compound(c) for c in study.compound_ids}
    rows = exposed.conditions(study, compounds, asked(at="14 h"))
    printed = rows[1]["values"]["mu blocked by naltrexone, %"][0]  # type: ignore[index]
    lines = exposed.as_csv(study, compounds, asked()).splitlines()
    assert lines[0].split(",")[:5] == ["condition", "quantity", "unit", "time_h", "value"]
    near = [x.split(",") for x in lines if x.startswith("blocked,mu blocked by naltrexone,%,1")]
    found = min(near, key=lambda x: abs(float(x[3]) - 14.0))
    assert float(found[4]) == pytest.approx(printed, abs=0.6)  # at most an hour apart


def test_overlapping_routes_of_one_blocker_are_said_in_the_notes() -> None:
    study = cb.read_protocol("williams-2018")
    tablet = study.administration("naltrexone")
    depot = tablet.model_copy(
        update={
            "id": "depot",
            "dose": tablet.dose.model_copy(  # type: ignore[union-attr]
                update={"value": cb.parse_quantity("380 mg", dimension="dose")}
            ),
            "route": tablet.route.model_copy(update={"value": Route.DEPOT}),
        }
    )
    blocked = study.condition("blocked")
    both = blocked.model_copy(update={"administrations": (*blocked.administrations, "depot")})
    changed = study.model_copy(
        update={
            "administrations": (*study.administrations, depot),
            "conditions": (study.condition("open"), both),
        }
    )
    compounds = {c: cb.read_compound(c) for c in changed.compound_ids}
    notes = exposed.conditions(changed, compounds, asked())[1]["notes"]
    assert isinstance(notes, list)
    assert any("overlap" in n for n in notes)

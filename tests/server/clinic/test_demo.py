"""The demonstration: answers that add up, patients through the same door."""

from datetime import UTC, datetime

import numpy as np
import pytest
from django.test import Client

from crossblock.forecast.imagined import imagine
from crossblock.load import instrument
from crossblock.server import study
from crossblock.server.accounts.models import Person
from crossblock.server.clinic import demo
from crossblock.server.clinic.models import Page
from crossblock.server.record.audit import verify
from tests.server.clinic.conftest import Clinic
from tests.server.clinic.test_paging import text


@pytest.mark.parametrize("total", [0, 1, 9, 17, 33, 54])
def test_item_answers_add_up(total: int) -> None:
    scale = instrument.read("madrs")
    assert scale.score(demo.madrs(total)).total == total  # type: ignore[arg-type]


def test_the_own_rating_has_the_same_severity() -> None:
    scale = instrument.read("qids-sr16")
    totals = [scale.score(demo.qids(t)).total for t in range(0, 55, 3)]  # type: ignore[arg-type]
    wanted = [min(24, round(t * 27 / 60)) for t in range(0, 55, 3)]
    assert np.abs(np.array(totals) - np.array(wanted)).max() <= 4


def test_patients_of_a_demonstration(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = (
        demo.Patient(kind="steady", days=30.0, behind=True),
        demo.Patient(kind="steady", days=9.0, override=True),
    )
    monkeypatch.setattr(demo, "CAST", cast)
    (clinic.folder / "clinic.toml").write_text(
        (clinic.folder / "clinic.toml").read_text().replace("clinician-1@example.org",
                                                            "clinician@demo.invalid")
    )  # fmt: skip
    demo.house.read.cache_clear()
    said: list[str] = []
    made = demo.fill(datetime.now(UTC), 1, said.append, imagine)
    assert len(clinic.course(made[0]).sessions) >= 6
    assert len(clinic.course(made[1]).sessions) == 1
    assert clinic.course(made[1]).overrides == (1,)
    assert len(said) == 2
    assert verify(study.current()).faults == []
    me, nurse, clinician = (_in(name) for name in ("patient", "nurse", "clinician"))
    assert "Nothing to fill right now" not in text(me.get("/me/"))
    assert all(p.code in text(nurse.get("/")) for p in made)
    assert "1 page of risk without an answer" in text(clinician.get("/risk/"))
    assert sorted(hasattr(p, "acknowledgment") for p in Page.objects.all()) == [False, True]


def _in(name: str) -> Client:
    web = Client(SERVER_NAME="127.0.0.1")
    web.force_login(Person.objects.get(email=f"{name}@demo.invalid"))
    return web

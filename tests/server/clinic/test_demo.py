"""The demonstration: answers that add up, patients through the same door."""

from datetime import UTC, datetime

import numpy as np
import pytest

from crossblock.forecast.imagined import imagine
from crossblock.load import instrument
from crossblock.server import study
from crossblock.server.clinic import demo
from crossblock.server.record.audit import verify
from tests.server.clinic.conftest import Clinic


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
    cast = (demo.Patient(kind="steady", days=18.0), demo.Patient(kind="steady", days=9.0,
            override=True))  # fmt: skip
    monkeypatch.setattr(demo, "CAST", cast)
    (clinic.folder / "clinic.toml").write_text(
        (clinic.folder / "clinic.toml").read_text().replace("clinician-1@example.org",
                                                            "clinician@demo.invalid")
    )  # fmt: skip
    demo.house.read.cache_clear()
    said: list[str] = []
    made = demo.fill(datetime.now(UTC), 1, said.append, imagine)
    assert [len(clinic.course(p).sessions) for p in made] == [6, 1]
    assert clinic.course(made[1]).overrides == (1,)
    assert len(said) == 2
    assert verify(study.current()).faults == []

"""The tally is worked out from the record and can be thrown away."""

from crossblock.server.clinic import tally
from crossblock.server.clinic.models import Tally
from tests.server.clinic.conftest import VITALS, Clinic


def test_it_can_be_worked_out_anew(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=100)
    before = Tally.objects.values().get(participant=patient)
    Tally.objects.all().delete()
    tally.write(clinic.course(patient), patient)
    after = Tally.objects.values().get(participant=patient)
    assert {k: v for k, v in before.items() if k != "id"} == {
        k: v for k, v in after.items() if k != "id"
    }


def test_vital_signs_count_near_their_time(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.save(patient, "dose", {"weight": 70.0, "dose": 35.0, "drug": "ketamine", "route": "iv"},
                "session", 1, ago=10)  # fmt: skip
    for repeat, minutes in enumerate((0.0, 5.0, 52.0, 90.0), start=1):
        clinic.save(patient, "session-vitals", VITALS | {"minutes": minutes}, "session", 1, repeat)
    assert tally.vitals_kept(clinic.course(patient), 0) == 2

"""The tally is worked out from the record, whatever the time, and can be thrown away."""

from datetime import UTC, datetime, timedelta

from crossblock.server import clock
from crossblock.server.clinic import tally
from crossblock.server.clinic.models import Mark, Tally
from crossblock.server.record.models import Participant
from tests.server.clinic.conftest import Clinic


def held(patient: Participant) -> tuple[object, list[object]]:
    columns = Tally.objects.values().get(participant=patient)
    columns.pop("id")
    marks = Mark.objects.filter(tally__participant=patient).order_by("what", "due", "pk")
    return columns, list(marks.values_list("what", "wanted", "kept", "due"))


def test_it_can_be_worked_out_anew(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=100)
    before = held(patient)
    Tally.objects.all().delete()
    assert not Mark.objects.exists()
    tally.write(clinic.course(patient), patient)
    assert held(patient) == before


def test_it_does_not_depend_on_the_time_of_saving(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=100)
    clinic.session(patient, 2, ago=1)
    before = held(patient)
    with clock.pretending(datetime.now(UTC) + timedelta(days=400)):
        tally.write(clinic.course(patient), patient)
    assert held(patient) == before

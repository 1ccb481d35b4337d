"""The clinic's rows are only added; the database itself refuses to change them."""

import pytest
from django.db import DatabaseError, transaction

from crossblock.core.errors import CrossblockError
from crossblock.server.clinic.models import Care
from crossblock.server.record.triggers import guarded
from tests.server.clinic.conftest import Clinic


def test_rows_stay(clinic: Clinic) -> None:
    patient = clinic.enroll()
    row = Care.objects.get(participant=patient)
    with pytest.raises(CrossblockError, match="never changed"):
        row.save()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Care.objects.filter(pk=row.pk).update(holds=False)
    wanted = {"clinic_care", "clinic_override", "clinic_page", "clinic_acknowledgment"}
    assert wanted <= set(guarded())

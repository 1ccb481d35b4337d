"""Signatures: with the password again, bound to one version, and never moved."""

import pytest
from django.db import connection

from crossblock.server.record.models import Signature
from crossblock.server.record.signing import (
    holds,
    reauthenticate,
    receipt,
    receipt_holds,
    sign,
)
from crossblock.server.record.triggers import names
from crossblock.server.roles import RefusedError, Role
from tests.server.world import HAMD17, PASSWORD, World, sent


def test_a_signature_is_bound_to_its_version(world: World) -> None:
    person = world.started()
    first = world.rate(person).version
    second = world.rate(
        person, answers={**HAMD17, "item1": 2.0}, sent=sent(base=1, reason="misread")
    ).version
    investigator = world.actor(Role.INVESTIGATOR)
    made = sign(investigator, first, "reviewed")
    assert made.printed_name == investigator.name
    assert holds(Signature.objects.get())
    with connection.cursor() as cursor:
        for name in names(connection.vendor, "record_signature"):
            tail = " ON record_signature" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{tail}")
        cursor.execute("UPDATE record_signature SET version_id = %s", [second.pk])
    assert not holds(Signature.objects.get())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE record_signature SET content_sha256 = %s", [second.content_sha256])
    assert not holds(Signature.objects.get())


def test_only_who_may_sign(lite: World) -> None:
    version = lite.rate(lite.started()).version
    with pytest.raises(RefusedError, match="may not write"):
        sign(lite.actor(Role.OUTCOME_RATER), version, "mine")


def test_the_password_again_each_time_and_a_pause_after_five(lite: World) -> None:
    investigator = lite.actor(Role.INVESTIGATOR)
    reauthenticate(investigator, PASSWORD)
    for _ in range(5):
        with pytest.raises(RefusedError, match="is not right"):
            reauthenticate(investigator, "wrong")
    with pytest.raises(RefusedError, match="too many wrong passwords"):
        reauthenticate(investigator, PASSWORD)


def test_receipts_hold_until_changed(lite: World) -> None:
    text = receipt({"slot": 3})
    assert receipt_holds(text)
    assert not receipt_holds(text.replace("3", "4", 1))
    for bad in ("", "{}", "[]", '{"receipt": {}, "signature": "zz"}'):
        assert not receipt_holds(bad)

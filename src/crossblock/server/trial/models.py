"""The trial: slots and kits without arms, code breaks, alerts, amendments, the lock."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from crossblock.server.record.appended import Appended
from crossblock.server.record.models import Participant, Version


class Opening(Appended):
    """A protocol in force. The first opens the study; later ones are amendments."""

    protocol_sha256 = models.CharField(max_length=64)
    conduct_sha256 = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64, blank=True)
    dry_run = models.BooleanField(default=False)
    protocol_text = models.TextField()
    note = models.CharField(max_length=500, blank=True)


class Activation(Appended):
    """A site may work by an amendment from here on."""

    opening = models.ForeignKey(Opening, on_delete=models.PROTECT)
    site = models.CharField(max_length=64)


class Slot(Appended):
    """A place of the sealed list: kit ids by period, and nothing about what they hold."""

    number = models.IntegerField(unique=True)
    stratum = models.CharField(max_length=200)
    place = models.IntegerField()
    kits = models.TextField()
    spares = models.TextField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("stratum", "place"), name="place_in_stratum"),
        )


class Allocation(Appended):
    """A participant's slot. Both columns are unique: no slot twice, nobody twice."""

    participant = models.OneToOneField(
        Participant, on_delete=models.PROTECT, related_name="allocation"
    )
    slot = models.OneToOneField(Slot, on_delete=models.PROTECT)
    stratum = models.CharField(max_length=200)
    receipt = models.TextField()
    """What was signed and printed: slot, kits, time, chain head."""


class KitMove(Appended):
    """What happened to a kit: received, dispensed, replaced, returned, destroyed."""

    kit = models.CharField(max_length=16, db_index=True)
    move = models.CharField(max_length=16)
    participant = models.ForeignKey(Participant, null=True, on_delete=models.PROTECT)
    period = models.IntegerField(default=0)
    note = models.CharField(max_length=500, blank=True)


class CodeBreak(Appended):
    """Why and when somebody asked to know. It is committed before the envelope leaves."""

    participant = models.OneToOneField(
        Participant, on_delete=models.PROTECT, related_name="code_break"
    )
    kind = models.CharField(max_length=16)
    """planned, emergency or accidental"""
    reason = models.CharField(max_length=1000)
    periods = models.CharField(max_length=100)
    """All periods: in a crossover one tells the others."""


class Release(Appended):
    """The sealed envelope left the server. It is opened elsewhere."""

    code_break = models.ForeignKey(CodeBreak, on_delete=models.PROTECT, related_name="releases")
    envelope_sha256 = models.CharField(max_length=64)


class RaterOff(Appended):
    """Somebody who no longer rates a participant."""

    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="raters_off"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)


class Alert(Appended):
    """Something in an answer that somebody must act on within the visit."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="alerts")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="alerts")
    of = models.CharField(max_length=64)
    action = models.CharField(max_length=16)
    message = models.CharField(max_length=500)


class AlertNote(Appended):
    """What was done; it closes the alert."""

    alert = models.OneToOneField(Alert, on_delete=models.PROTECT, related_name="note")
    text = models.CharField(max_length=1000)


class Deviation(Appended):
    """Something that did not go by the protocol. It stays, and is counted."""

    participant = models.ForeignKey(Participant, null=True, on_delete=models.PROTECT)
    kind = models.CharField(max_length=64)
    text = models.CharField(max_length=1000)


class SealedResult(Appended):
    """A result computed offline, stored sealed: nobody here can read it."""

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    ciphertext = models.TextField()


class Lock(Appended):
    """The end of writing. It comes before the one unblinding."""

    head = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)

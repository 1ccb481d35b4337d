"""What a clinic adds to the record: who cares for whom, overrides, pages of risk, and a tally.

Forms are entries and versions of the record like any other (`record.models`). The tally is no
record: it is worked out anew from the entries whenever one is saved, so that boards are quick.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from crossblock.server.record.appended import Appended
from crossblock.server.record.models import Participant, Version


class Care(Appended):
    """Somebody cares for a patient from here on, or no longer does; the newest row counts."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="care")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    holds = models.BooleanField(default=True)
    reason = models.CharField(max_length=500, blank=True)


class Override(Appended):
    """A session given although the gate was shut, with its reason and what was missing."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="overrides")
    session = models.IntegerField()
    missing = models.TextField()
    reason = models.CharField(max_length=1000)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("participant", "session"), name="override_once"),
        )


class Page(Appended):
    """People called because an answer raised a suicide item, in one questionnaire of a patient.

    The questionnaire is named by its spot: an answer pages as it arrives, whether or not the form
    is saved then (`version`) or ever.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="pages")
    form = models.CharField(max_length=64)
    visit = models.CharField(max_length=64)
    period = models.IntegerField(default=0)
    repeat = models.IntegerField(default=1)
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="pages")
    """What was saved with the answer; None when it was typed and not saved yet."""
    raised = models.CharField(max_length=500)
    """Canonical JSON: the suicide items that were raised, with their values."""
    message = models.CharField(max_length=500)
    until = models.DateTimeField()
    """By when it must be acknowledged."""

    @property
    def names(self) -> str:
        return ", ".join(c.person.name for c in self.calls.all()) or "nobody"


class Call(Appended):
    """Somebody called about a page: named, caring, a lead, or second since nobody had answered."""

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="calls")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=16)
    until = models.DateTimeField()


class Acknowledgment(Appended):
    """Somebody's word that the page was read, and what was done."""

    page = models.OneToOneField(Page, on_delete=models.PROTECT)
    text = models.CharField(max_length=1000)


class Tally(models.Model):
    """Where a patient stands, for boards; worked out from the record, never written by hand.

    Nothing in it depends on the time of saving: what does is compared with the clock when read.
    """

    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="tally")
    basis = models.BooleanField(default=False)
    baseline = models.BooleanField(default=False)
    consent = models.BooleanField(default=False)
    planned = models.BooleanField(default=False)
    """A long-term plan with review date and stop rule stands."""
    review = models.DateField(null=True)
    sessions = models.IntegerField(default=0)
    last_session = models.DateTimeField(null=True)
    alarms = models.IntegerField(default=0)
    """Watched series with an alarm."""
    shares = models.BooleanField(default=False)
    """Consent to de-identified use."""


class Mark(models.Model):
    """One line of a tally: so many times required, so many times there."""

    tally = models.ForeignKey(Tally, on_delete=models.CASCADE, related_name="marks")
    what = models.CharField(max_length=32)
    wanted = models.IntegerField()
    kept = models.IntegerField()
    due = models.DateTimeField(null=True)
    """It counts from here on; null: always."""

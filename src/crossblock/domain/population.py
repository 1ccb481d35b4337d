"""Who may take part: the population as registered and as it was in fact studied.

Registry and paper differ often enough (at least two failed treatments against at least four) that
a protocol keeps both and a report shows the difference.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from crossblock.domain.model import Many, Model, Text
from crossblock.domain.source import Sourced

Age = Annotated[int, Field(ge=0, le=120)]
Failures = Annotated[int, Field(ge=0, le=50)]


class Eligibility(Model):
    """One statement of who may take part. What a source does not say is left out."""

    diagnosis: Sourced[Text] | None = None
    severity: Sourced[Text] | None = None
    """The rating that a participant needs at screening."""
    age_min: Sourced[Age] | None = None
    """Years, inclusive."""
    age_max: Sourced[Age] | None = None
    """Years, inclusive."""
    failed_treatments: Sourced[Failures] | None = None
    """At least this many adequate treatments have failed."""
    medication: Sourced[Text] | None = None
    """What participants may or must take besides the trial's drugs."""
    inclusion: Many[Sourced[Text]] = ()
    exclusion: Many[Sourced[Text]] = ()


class Population(Model):
    """The people whom the study speaks about."""

    label: Sourced[Text]
    registered: Eligibility
    """As the registry or the approved protocol has it."""
    as_run: Eligibility | None = None
    """As the publication or the data have it, where that is known to differ or to be narrower."""

"""The comparator: what the drug or the blocker is compared with, and how well that is hidden.

How large a drug effect looks depends on it: against saline, against an active placebo, or under
anesthesia the same drug gives different differences.
"""

from __future__ import annotations

from typing import Literal

from crossblock.domain.model import Id, Many, Model, Note, Text
from crossblock.domain.source import Sourced

Kind = Literal["inert placebo", "active placebo", "masked delivery", "another dose", "none"]


class Comparator(Model):
    """Kind of comparator, how it is masked, and what may give the condition away."""

    kind: Sourced[Kind]
    administrations: Many[Id] = ()
    """Ids of the administrations that serve as comparator."""
    masking: Sourced[Text] | None = None
    reveals: Many[Sourced[Text]] = ()
    """What a participant or rater may notice."""
    note: Note = ""

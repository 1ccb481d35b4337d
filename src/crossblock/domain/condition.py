"""A condition: what is given in a period, and which cell of drug x blocker that is."""

from __future__ import annotations

from typing import Literal

from crossblock.domain.model import Id, Label, Many, Model

Cell = Literal["open", "blocked", "no_drug", "blocker_alone"]


class Condition(Model):
    """One condition. `cell` fixes its place in drug x blocker and its color everywhere."""

    id: Id
    label: Label
    cell: Cell
    """open: drug without blocker. blocked: both. no_drug: neither. blocker_alone: blocker only."""
    administrations: Many[Id]
    """Ids of `[[administrations]]`, in the order given."""

"""Sessions solved once for one cohort: policies that give the same session share its solution.

What a session does depends on the drug, the dose, the setting and what is on board, never on how
often it is given or by which rule. Controls depend on the mechanism and the people alone.
"""

from __future__ import annotations

from crossblock.domain.mechanism import Mechanism
from crossblock.domain.repeated_regimen import Regimen
from crossblock.forecast.dependence import Reference, reference
from crossblock.forecast.people import WORLDS, cohort
from crossblock.forecast.session import SessionEffect, session_effect
from crossblock.forecast.setup import Setup

LEAST_IN_A_CELL = 10  # people of one world and explanation, so that their spread can be told


class Sessions:
    """The cohort of a setup with what was solved for it so far."""

    def __init__(self, on: Setup) -> None:
        worlds = max(1, min(WORLDS, on.count // (LEAST_IN_A_CELL * len(on.losses))))
        self.on = on
        self.people = cohort(on.adaptation, on.count, seed=on.seed, losses=on.losses, worlds=worlds)
        self._effects: dict[tuple[object, ...], SessionEffect] = {}
        self._controls: dict[tuple[object, ...], Reference] = {}

    def effect(self, mechanism: Mechanism, regimen: Regimen, factor: float) -> SessionEffect:
        """Return what one session of `regimen` at `factor` times its dose does to everybody."""
        key = (mechanism.id, *_same(regimen), factor)
        if key not in self._effects:
            self._effects[key] = session_effect(
                mechanism, regimen, self.people, self.on.adaptation, self.on.compounds, factor
            )
        return self._effects[key]

    def control(self, mechanism: Mechanism, regimen: Regimen) -> Reference:
        """Return the control of everybody: a full mu agonist all day for 28 days."""
        key = (mechanism.id, *_same(regimen))
        if key not in self._controls:
            first = self.effect(mechanism, regimen, regimen.rules.escalate[0])
            self._controls[key] = reference(first, self.people, self.on.adaptation)
        return self._controls[key]


def _same(regimen: Regimen) -> tuple[object, ...]:
    """Return what two regimens share when their sessions are alike."""
    return (regimen.drug, regimen.dose, regimen.setting, regimen.beside)

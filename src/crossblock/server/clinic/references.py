"""What a dose of a drug by a route is measured against, whoever the patient is, with its source.

A reference only decides which dose is asked about before it is saved; it is no recommended dose.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from crossblock.load.repeated_regimen import regimen
from crossblock.server.clinic.house import House

TIMES = 3.0
"""So many times above or below a usual dose is asked about."""
NEAR = 1e-9
DRUGS = {"ketamine": "racemic ketamine", "esketamine": "esketamine"}
BY = {"iv": "intravenous", "im": "intramuscular", "sc": "subcutaneous", "nasal": "nasal",
      "oral": "oral"}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A range of usual doses, in mg/kg or in mg, and how far outside it a dose is asked about."""

    low: float
    high: float
    unit: str
    source: str
    assumed: bool = True
    under: float = TIMES
    over: float = TIMES

    def asks(self, value: float) -> str:
        """Return how a dose in this unit lies outside in words, or "" when it is usual."""
        over, under = value / self.high, value / self.low
        high = over >= self.over - NEAR if self.over > 1 else over > 1 + NEAR
        if not high and under > 1 / self.under + NEAR:
            return ""
        end = self.high if high else self.low
        return f"{value / end:.3g} times {end:g} {self.unit}"


ASSUMED = {
    ("ketamine", "sc"): (0.5, 0.5),
    ("ketamine", "nasal"): (0.5, 1.0),
    ("esketamine", "iv"): (0.2, 0.4),
    ("esketamine", "im"): (0.2, 0.4),
    ("esketamine", "sc"): (0.2, 0.4),
    ("esketamine", "oral"): (0.5, 1.0),
}
"""mg/kg by drug and route where the catalog has no regimen: remembered, not read."""
REGIMENS = {("ketamine", "im"): "ketamine-intramuscular-weekly", ("ketamine", "oral"):
            "ketamine-oral"}  # fmt: skip


def reference(drug: str, route: str, house: House) -> Reference:
    """Return the reference of a drug by a route; the house's own for an infused racemate."""
    if (drug, route) == ("ketamine", "iv"):
        usual = house.usual_mg_per_kg
        return Reference(
            low=usual, high=usual, unit="mg/kg", source="clinic.toml, usual_mg_per_kg",
            assumed=False,
        )  # fmt: skip
    return _elsewhere(drug, route)


@cache
def _elsewhere(drug: str, route: str) -> Reference:
    if (drug, route) == ("esketamine", "nasal"):
        found = regimen("esketamine-nasal")
        low, high = found.label or (found.dose.amount, found.dose.amount)
        # fixed doses of a label: nothing above them is usual, and 28 mg (one device) still is
        return Reference(
            low=low, high=high, unit="mg", source="label doses 56 or 84 mg, from memory", over=1.0
        )
    if (drug, route) in REGIMENS:
        name = REGIMENS[drug, route]
        amount = regimen(name).dose.amount
        return Reference(low=amount, high=amount, unit="mg/kg", source=f"catalog regimen {name}")
    low, high = ASSUMED[drug, route]
    return Reference(low=low, high=high, unit="mg/kg", source="assumed")

"""Regimens, people and compounds that several tests use."""

from crossblock.domain.dose import Dose, Route
from crossblock.domain.repeated_regimen import Phase, Regimen, Rules, Setting
from crossblock.forecast.people import cohort
from crossblock.load.adaptation import adaptation
from crossblock.load.compound import compound

SLOW = adaptation()
COMPOUNDS = {n: compound(n) for n in ("ketamine", "esketamine", "naltrexone", "methadone")}
HALF = Dose(start_h=0.0, amount=0.5, route=Route.IV, duration_h=2 / 3, per_kg=True)
TWICE_WEEKLY = (Phase(name="twice a week", every_h=84.0),)


def regimen(phases=TWICE_WEEKLY, dose=HALF, drug="ketamine", **more):
    return Regimen(
        id="test", title="", summary="", drug=drug, dose=dose, phases=tuple(phases), **more
    )


AGONIST = Dose(start_h=0.0, amount=1.5, route=Route.IV, duration_h=4.0)
FULL_AGONIST = regimen(dose=AGONIST, drug="mu-agonist")
UNSUPERVISED = regimen(phases=[Phase(name="daily", every_h=24.0)], setting=Setting.UNSUPERVISED)


def people(count=200, **more):
    return cohort(SLOW, count, **{"seed": 7, **more})


def ruled(phases=TWICE_WEEKLY, **rules):
    return regimen(phases, rules=Rules(**rules))

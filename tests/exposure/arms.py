"""Treatments that several tests give."""

from crossblock.domain.dose import Dose, Route
from crossblock.exposure.treatment import Treatment, Window
from crossblock.load.compound import compound

KETAMINE, NALTREXONE = compound("ketamine"), compound("naltrexone")
LEAD = 0.75
DAY_1 = LEAD + 24.0


def infusion(mg_per_kg=0.5, start=LEAD, duration=2 / 3):
    return Dose(start_h=start, amount=mg_per_kg, route=Route.IV, duration_h=duration, per_kg=True)


def tablet(mg=50.0, start=0.0):
    return Dose(start_h=start, amount=mg, route=Route.ORAL)


KETAMINE_0_5 = infusion()


def arm(mg=0.0, drug=(KETAMINE_0_5,), believed=True, **more):
    return Treatment(
        drug=KETAMINE,
        drug_doses=tuple(drug),
        blocker=NALTREXONE,
        blocker_doses=(tablet(mg),) if mg else (),
        belief=(Window(start_h=LEAD, stop_h=LEAD + 24.0),) if believed else (),
        **more,
    )

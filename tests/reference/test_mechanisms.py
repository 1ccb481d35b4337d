"""Numbers from outside: what an independent prototype found for the rival mechanisms."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

from crossblock.domain.dose import Dose, Route
from crossblock.exposure.effect import TYPICAL, effect, grid_for, reference_treatment, without_drug
from crossblock.exposure.engine import solve
from crossblock.exposure.system import potency, system
from crossblock.exposure.treatment import Treatment, Window
from crossblock.kernels.backend import NUMPY
from crossblock.kernels.grid import halved
from crossblock.kernels.link import fall_capped, needed_capped
from crossblock.load.compound import compound
from crossblock.load.mechanism import mechanism

HERE = Path(__file__).with_name("pharmacology")
KETAMINE, NALTREXONE = compound("ketamine"), compound("naltrexone")
LEAD = 0.75  # h from naltrexone to the infusion
BASELINE = 28.0


def rows(name):
    with (HERE / name).open(newline="") as file:
        return list(csv.DictReader(file))


TABLE = rows("mechanism_table.csv")


def entries(*checks):
    found = [r for r in TABLE if r["check"] in checks]
    return [pytest.param(r, id=f"{r['check']}-{r['mechanism']}-{r['fall']}") for r in found]


def within(row, value):
    assert value == pytest.approx(float(row["value"]), abs=float(row["tolerance"])), row


def rival(name, fall=0.5, **values):
    return mechanism(name).alternative("illustrative-decay").with_values(fall=fall, **values)


def trial(mg=50.0):
    """Ketamine 0.5 mg/kg over 40 min, LEAD after the blocker."""
    ketamine = Dose(start_h=LEAD, amount=0.5, route=Route.IV, duration_h=2 / 3, per_kg=True)
    tablet = Dose(start_h=0.0, amount=mg, route=Route.ORAL)
    return Treatment(
        drug=KETAMINE,
        drug_doses=(ketamine,),
        blocker=NALTREXONE,
        blocker_doses=(tablet,) if mg else (),
        belief=(Window(start_h=LEAD, stop_h=LEAD + 24.0),),
    )


def look(m, treatment, hours=(24.0,)):
    return effect(m, treatment, [LEAD + h for h in hours], reference=KETAMINE)


def fall(m, treatment, hours=(24.0,)):
    return look(m, treatment, hours).fall["exponential"][0]


def ratio(m, mg=50.0):
    return float(fall(m, trial(mg))[0] / fall(m, trial(0.0))[0])


WHOLE = {"h2": {}, "h3a": {"phi": 1.0}, "h3b": {}, "h5": {"aG": 0.0, "aR": 1.0}}


@pytest.mark.parametrize("row", entries("day1_ratio", "floor_low", "floor_high"))
def test_what_naltrexone_leaves_on_day_1(row):
    name = row["mechanism"]
    within(row, ratio(rival(name, float(row["fall"]), **WHOLE[name])))


def fitted(name, symbol, wanted, share, low, high):
    def miss(x):
        return ratio(rival(name, share, **{symbol: x})) - wanted

    return brentq(miss, low, high, xtol=1e-5 * high)


SEARCH = {
    ("phi", "h3a"): (0.0, 1.0),
    ("aK", "h4-direct"): (1.0, 20000.0),
    ("aR", "h4-release"): (0.01, 10.0),
    ("aR", "h5"): (0.01, 2.0),
}


@pytest.mark.parametrize("row", entries("phi", "aK", "aR"))
def test_share_that_explains_a_published_ratio(row):
    share = float(row["fall"])
    wanted = 0.20 if share == 0.65 else 0.72
    symbol, name = row["check"], row["mechanism"]
    within(row, fitted(name, symbol, wanted, share, *SEARCH[symbol, name]))


@pytest.mark.parametrize("row", entries("glx_ratio", "glx_floor"))
def test_what_naltrexone_leaves_of_the_glutamate_surge(row):
    share = float(row["fall"])
    phi = 1.0 if row["check"] == "glx_floor" else fitted("h3a", "phi", 0.72, share, 0.0, 1.0)
    m = rival("h3a", share, phi=phi)
    scan = list(np.linspace(0.0, 2 / 3, 9)[1:])  # while the drug runs in
    blocked, free = (look(m, given, scan).glx.mean() for given in (trial(), trial(0.0)))
    within(row, blocked / free)


@pytest.mark.parametrize("row", entries("placebo_fall_points", "placebo_fall_blocked_points"))
def test_expectancy_shows_in_a_placebo_infusion(row):
    m = rival("h5", float(row["fall"]))
    given = trial(0.0) if row["check"] == "placebo_fall_points" else trial()
    within(row, BASELINE * float(fall(m, without_drug(given))[0]))


def test_course_of_glutamate_alone():
    table = rows("mechanism_course.csv")
    found = BASELINE * fall(rival("h1"), trial(0.0), [float(r["hours"]) for r in table])
    assert found == pytest.approx([float(r["fall_points"]) for r in table], abs=0.12)


def test_what_is_carried_into_the_next_period():
    table = rows("carry_over.csv")
    hours = [24.0, *(24.0 * float(r["days"]) for r in table)]
    R = -np.log1p(-fall(rival("h1"), trial(0.0), hours))
    for r, left in zip(table, 100.0 * R[1:] / R[0]):
        assert left == pytest.approx(float(r["left_pct"]), abs=float(r["tolerance"]))


@pytest.mark.parametrize("row", rows("blocker_doses.csv"), ids=lambda r: r["mg"])
def test_more_blocker_lowers_the_floor(row):
    mg = float(row["mg"])
    low, high = (ratio(rival("h2", share), mg) for share in (0.30, 0.65))
    assert low - 0.005 <= float(row["floor"]) <= high + 0.005


def opioid_drive(treatment, hours):
    """Plasticity without decay is the integral of the drive."""
    m = rival("h2")
    bound = potency(m, treatment.drug)
    p = system(m, scale=1.0, drug=bound, blocker=None)
    p = p._replace(kR=np.full(1, 1e-9), T50=np.full(1, 1e9))
    grid = halved(grid_for(treatment, hours))
    return float(solve(p, treatment, grid, bound, TYPICAL, NUMPY).state.R[-1, 0])


def test_a_full_agonist_counts_a_hundred_infusions():
    (entry,) = entries("agonist_drive")
    row = entry.values[0]
    odds = 0.3 / 0.7 * (1.0 + rival("h2")["E0"])  # 30 % occupancy beside resting tone
    agonist = Treatment(agonist=(Window(start_h=0.0, stop_h=4.0, level=odds),))
    infusion = replace(reference_treatment(rival("h2"), KETAMINE), belief=())
    within(row, opioid_drive(agonist, [200.0]) / opioid_drive(infusion, [200.0]))


def test_stopping_an_agonist_and_precipitating_with_naltrexone():
    stop = 20.0 * 24.0
    agonist = (Window(start_h=0.0, stop_h=stop, level=1.5),)
    tablet = Dose(start_h=stop, amount=50.0, route=Route.ORAL)
    m = rival("h2")
    hours = [stop + h for h in (0.01, 1.0, 2.0, 3.0, 120.0)]
    stopped = effect(m, Treatment(agonist=agonist), hours, reference=KETAMINE).withdrawal[0]
    forced = Treatment(agonist=agonist, blocker=NALTREXONE, blocker_doses=(tablet,))
    precipitated = effect(m, forced, hours, reference=KETAMINE).withdrawal[0]
    named = {
        e.values[0]["check"]: e.values[0]
        for e in entries("stop_withdrawal", "precipitated_withdrawal", "withdrawal_half_d")
    }
    within(named["stop_withdrawal"], stopped[0])
    within(named["precipitated_withdrawal"], precipitated.max())
    half_d = 5.0 * np.log(2.0) / np.log(stopped[0] / stopped[-1])
    within(named["withdrawal_half_d"], half_d)


@pytest.mark.parametrize("row", entries("capped_low", "capped_high"))
def test_a_cap_makes_a_small_residual_look_large(row):
    share, cap = float(row["fall"]), mechanism("h2")["Imax"]
    R = needed_capped(share, cap, 1.0)
    within(row, fall_capped(0.12 * R, cap, 1.0) / share)

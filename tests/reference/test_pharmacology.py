"""Numbers from outside: human PET, published peaks, and an independent prototype's tables."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import least_squares

import crossblock
from crossblock.core.streams import Stream
from crossblock.domain.dose import Dose, Route
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.coverage import coverage
from crossblock.exposure.dosing import dose_table
from crossblock.exposure.occupancy import Basis, occupancy
from crossblock.exposure.peer import IntravenousPeer, OralPeer
from crossblock.exposure.plasma import plasma
from crossblock.kernels.binding import blockade, half_saturation
from crossblock.kernels.kinetics import effect_amount, effect_amount_repeated
from crossblock.load.compound import compound

HERE = Path(__file__).with_name("pharmacology")
KETAMINE, NALTREXONE = compound("ketamine"), compound("naltrexone")


def rows(name):
    with (HERE / name).open(newline="") as file:
        return list(csv.DictReader(file))


def row(compound_name, quantity, column="value"):
    found = [
        r
        for r in rows("pharmacology.csv")
        if r["compound"] == compound_name and r["quantity"].startswith(quantity)
    ]
    assert len(found) == 1, (compound_name, quantity)
    return found[0][column]


def tablet(mg, start=0.0):
    return Dose(start_h=start, amount=mg, route=Route.ORAL)


def test_blockade_after_one_tablet_within_one_point():
    table = rows("blockade_50mg.csv")
    hours = [float(r["hours"]) for r in table]
    here = blockade_curve(NALTREXONE, [tablet(50)], hours).fraction * 100
    assert here == pytest.approx([float(r["blockade_pct"]) for r in table], abs=0.1)


def test_parameter_band_is_the_bootstrap_band():
    table = [r for r in rows("blockade_50mg.csv") if r["low_pct"]]
    hours = [float(r["hours"]) for r in table]
    curve = blockade_curve(
        NALTREXONE, [tablet(50)], hours, band="parameters", people=4000, stream=Stream(1, "band")
    )
    assert curve.low * 100 == pytest.approx([float(r["low_pct"]) for r in table], abs=1.1)
    assert curve.high * 100 == pytest.approx([float(r["high_pct"]) for r in table], abs=1.1)


def test_constants_are_the_least_squares_fit_to_human_pet():
    """The shipped ED50 and half-life, found again from the 12 PET values they were fitted to."""
    pet = [r for r in rows("mor_blockade_pet.csv") if r["antagonist"] == "naltrexone"]
    doses = np.array([float(r["dose"]) for r in pet])
    early = np.array([float(r["mor_blockade_pct"]) for r in pet])
    late = np.array([48.0, 72.0, 120.0, 168.0])
    lee = [float(row("naltrexone", f"MOR blockade at {h:g} h after 50 mg oral")) for h in late]
    daily = float(row("naltrexone", "MOR blockade on 50 mg daily"))

    def misfit(logs):
        ED50, half_life = np.exp(logs)
        ke = np.log(2) / half_life
        at4 = effect_amount(np.array([4.0]), doses, 2.0, ke)[1][:, 0]
        one = blockade(effect_amount(np.array([1.0]), 50.0, 2.0, ke)[1] / ED50)
        rest = blockade(effect_amount(late, 50.0, 2.0, ke)[1] / ED50) / one
        steady = effect_amount_repeated(
            np.array([720.0]), np.arange(0, 720, 24.0), [50.0] * 30, 2.0, ke
        )
        return np.concatenate(
            [
                100 * blockade(at4 / ED50) - early,
                100 * rest - lee,
                100 * blockade(steady / ED50) - daily,
            ]
        )

    fit = least_squares(misfit, np.log([5.0, 30.0]))
    p = NALTREXONE.blockade_model().parameters
    assert np.exp(fit.x[0]) == pytest.approx(p["ED50"].value, abs=0.01)
    assert np.exp(fit.x[1]) == pytest.approx(p["half_life"].value, abs=0.1)
    assert np.sqrt(np.mean(fit.fun**2)) == pytest.approx(5.8, abs=0.05)
    assert 3.65 <= p["ED50"].value <= 7.54  # Rabiner's interval


def test_daily_trough_lies_within_weerts():
    doses = [tablet(50, 24.0 * k) for k in range(30)]
    trough = blockade_curve(NALTREXONE, doses, [720.0]).fraction[0] * 100
    measured = float(row("naltrexone", "MOR blockade on 50 mg daily"))
    assert trough == pytest.approx(93.9, abs=0.05)
    assert abs(trough - measured) < 4.9


def test_spread_between_persons_is_that_of_weerts():
    """The shipped spread of odds gives an SD of 4.9 points at the daily trough."""
    sd = 4.9
    p = NALTREXONE.blockade_model().parameters["cv_odds"]
    omega = np.sqrt(np.log1p(p.value**2))
    z, w = np.polynomial.hermite_e.hermegauss(60)
    doses = [tablet(50, 24.0 * k) for k in range(30)]
    odds = blockade_curve(NALTREXONE, doses, [720.0]).odds[0]
    f = 100 * blockade(odds * np.exp(omega * z))
    mean = (w * f).sum() / w.sum()
    assert np.sqrt((w * (f - mean) ** 2).sum() / w.sum()) == pytest.approx(sd, abs=0.05)


@pytest.mark.parametrize("r", rows("peaks.csv"), ids=lambda r: f"{r['compound']}-{r['set']}")
def test_each_set_reaches_its_published_peak(r):
    end = float(r["minutes"]) / 60
    dose = Dose(start_h=0, amount=float(r["dose_mg"]), route=Route.IV, duration_h=end)
    p = plasma(
        compound(r["compound"]), [dose], [end], set_id=r["set"], weight_kg=float(r["weight_kg"])
    )
    peak = p.ng_per_ml(r["analyte"])[0]
    assert float(r["low_ng_per_ml"]) <= peak <= float(r["high_ng_per_ml"])


@pytest.mark.parametrize(
    "r",
    rows("occupancy_185ng.csv"),
    ids=lambda r: f"{r['basis']}-{r['receptor']}-{r['affinity_set']}",
)
def test_occupancy_at_the_end_of_the_infusion(r):
    ng = float(row("ketamine racemic", "plasma peak, 0.5 mg/kg IV over 40 min"))
    mw = float(row("ketamine", "molar mass"))
    here = occupancy(
        KETAMINE,
        {"ketamine": ng / mw * 1000},
        ReceptorId(r["receptor"]),
        affinity_set=r["affinity_set"],
        basis=Basis(r["basis"]),
    )
    assert round(100 * float(here.alone), int(r["decimals"])) == float(r["percent"])


def test_mu_occupancy_under_naltrexone_is_a_twentieth_of_a_percent():
    ng, mw = 185.0, float(row("ketamine", "molar mass"))
    here = occupancy(
        KETAMINE,
        {"ketamine": ng / mw * 1000},
        ReceptorId.MU,
        affinity_set="hirota-1999",
        blocker_odds=np.array([15.0, 20.0]),
    )
    assert [round(100 * x, 2) for x in here.with_blocker] == [0.05, 0.04]


def test_naloxone_constants_of_the_fda_repository():
    kon, koff, n = (float(x) for x in row("naloxone", "MOR binding kinetics").split(";"))
    p = next(a for a in compound("naloxone").affinities if a.set == "fda-2022").parameters
    here = half_saturation(p["kon"].value, p["koff"].value, p["n"].value)
    assert here == pytest.approx((koff / kon) ** (1 / n) / 1000, rel=1e-9)
    assert round(here, 3) == 0.586
    assert round(np.log(2) / p["koff"].value * 3600) == 18


def test_peaks_and_hours_above_a_level_of_the_prototype():
    for r in rows("blockade_limits.csv"):
        mg, what = float(r["dose_mg"]), r["quantity"]
        found = coverage(NALTREXONE, [tablet(mg)], (1.0, 2.0))
        if what == "peak":
            here = 100 * found.peak
        elif what.startswith("above"):
            (span,) = found.above[float(what.split()[1]) / 100]
            here = span.start_h if what.endswith("from") else span.stop_h
        else:
            here = dose_table(NALTREXONE, [mg], route=Route.ORAL)[0].under_5_percent_h / 24
        assert here == pytest.approx(float(r["value"]), abs=float(r["tolerance"])), r


def test_both_published_planners_are_reproduced():
    oral, iv = OralPeer(), IntravenousPeer()
    ratio = {"mu": 1.0, "kappa": oral.kappa_ratio, "delta": oral.delta_ratio}
    for r in rows("peer_plantrexone.csv"):
        if r["quantity"] == "blockade":
            here = float(oral.blockade(float(r["input"]), ratio[r["receptor"]]))
        else:
            here = oral.dose_for(float(r["input"]))
        assert round(here, int(r["decimals"])) == float(r["value"]), r
    t = np.arange(0.0, 400.0, 0.01)
    for r in rows("peer_planoxone.csv"):
        dose = float(r["dose_mg"]) / float(r["per_kg"]) if r["dose_mg"] else 0.0
        here = {
            "ka": lambda d: iv.ka,
            "raw peak": lambda d: float(iv.raw(t, [d]).max()),
            "at 55 min": lambda d: float(iv.raw([55.0], [d])[0]),
            "dose curve": lambda d: iv.at_measurement(d),
            "mean 0-60 min": lambda d: iv.window_mean(d, 0.0, 60.0),
            "above 90 from": lambda d: iv.above(d, 90.0)[0],
            "above 90 to": lambda d: iv.above(d, 90.0)[1],
            "above 50 to": lambda d: iv.above(d, 50.0)[1],
            "shortest interval": lambda d: iv.interval_h()[0],
            "longest interval": lambda d: iv.interval_h()[1],
        }[r["quantity"]](dose)
        assert here == pytest.approx(float(r["value"]), abs=float(r["tolerance"])), r


def test_naloxone_dose_curve_is_kept_at_the_time_it_was_measured():
    """Mass action gives the planner's own dose curve at 55 min, which its time curve misses."""
    iv = IntravenousPeer()
    for mg_per_kg in (0.001, 0.4 / 70, 0.01, 0.1):
        shot = Dose(start_h=0.0, amount=mg_per_kg, route=Route.IV, per_kg=True)
        here = 100 * blockade_curve(compound("naloxone"), [shot], [55 / 60]).fraction[0]
        assert here == pytest.approx(iv.at_measurement(mg_per_kg), abs=0.01)


def test_half_life_of_the_drugs_own_effect_from_open_ratings():
    """63 % of the saline-adjusted MADRS gain is left 8 days later; there is no upper bound."""
    folder = Path(crossblock.__file__).parent / "catalog" / "ratings" / "nimh-ketamine-saline"
    groups = {
        r["participant_id"]: r["group"]
        for r in csv.DictReader((folder / "original" / "participants.csv").open())
    }
    score = {}
    for r in csv.DictReader((folder / "original" / "phenotype.csv").open()):
        if groups.get(r["participant_id"]) == "MDD" and r["MADRS_Total"] not in ("", "n/a"):
            score[r["participant_id"], r["session_id"]] = float(r["MADRS_Total"])

    def gain(day):
        return {
            p: score[p, f"ses-d{day}"] - score[p, f"ses-p{day}"]
            for p in groups
            if (p, f"ses-d{day}") in score and (p, f"ses-p{day}") in score
        }

    early, late = gain(2), gain(10)
    left = np.mean(list(late.values())) / np.mean(list(early.values()))
    assert left == pytest.approx(0.63, abs=0.005)
    half_life = KETAMINE.figure("effect-half-life-open-data").parameter
    assert 8 * np.log(2) / -np.log(left) == pytest.approx(half_life.value / 24, abs=0.2)
    both = np.array([(early[p], late[p]) for p in early if p in late])
    draws = np.random.default_rng(1).integers(0, len(both), (20000, len(both)))
    shares = both[draws, 1].mean(axis=1) / both[draws, 0].mean(axis=1)
    low, high = np.quantile(shares, (0.025, 0.975))
    assert 8 * np.log(2) / -np.log(low) == pytest.approx(half_life.low / 24, abs=0.05)
    assert high > 1.0  # so the upper end of the half-life is not bounded


def test_clearances_implied_by_the_transcribed_sets():
    """Area after a bolus gives the clearance that the sourced rows name for each set."""
    for name, set_id, quantity, tolerance in (
        ("ketamine", "clements-1981", 80.0, 0.5),
        ("ketamine", "domino-1982", 116.0, 0.5),
        ("esketamine", "perez-ruixo-2021", float(row("esketamine", "systemic clearance")), 0.5),
    ):
        times = np.concatenate([[0.0], np.geomspace(1e-4, 600.0, 6000)])
        p = plasma(
            compound(name), [Dose(start_h=0, amount=50, route=Route.IV)], times, set_id=set_id
        )
        area = np.trapezoid(next(iter(p.mg_per_l.values())), times)
        assert 50 / area == pytest.approx(quantity, abs=tolerance)

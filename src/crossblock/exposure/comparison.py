"""Our planner beside the published one: the same questions, both answers, no more.

Theirs are recomputed from the published equations (`exposure.peer`) and agree with its defaults to
0.01; ours come from the compound files like every other number here.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from crossblock.core.streams import Stream
from crossblock.domain.compound import Compound
from crossblock.domain.curve import Curve
from crossblock.domain.dose import Dose, Route
from crossblock.domain.peer import PeerNumber, PlannerComparison
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.coverage import coverage, spans_above
from crossblock.exposure.dosing import dose_for
from crossblock.exposure.peer import IntravenousPeer, OralPeer, defects

Array = NDArray[np.float64]
NEEDS = ("naltrexone", "naloxone")
DOSES_MG = (2.0, 5.0, 15.0, 25.0, 50.0, 100.0, 150.0)
SCAN_H = 4.0  # "within 8 h" of the scans, taken as 4 h
TIMES_H = {"45 min": 0.75, "24 h": 24.0, "72 h": 72.0, "7 d": 168.0}
HIGH = 0.1  # mg/kg of naloxone: where the published curve passes 100 %
USUAL = 0.4 / 70.0
NO_TIME = "no time course"
BETTER = (
    "It runs in a browser without installing anything.",
    "It counts participants, sessions, tablets or vials, and what they cost.",
    "It takes up to 15 doses and 15 outcome windows in one table for naloxone.",
    "It was reviewed and published with the paper that collected the scans.",
)


def compare_planners(
    compounds: Mapping[str, Compound],
    *,
    oral: OralPeer | None = None,
    iv: IntravenousPeer | None = None,
    stream: Stream,
) -> PlannerComparison:
    """Return both planners' numbers at their defaults; needs the compounds of `NEEDS`."""
    oral, iv = oral or OralPeer(), iv or IntravenousPeer()
    naltrexone, naloxone = (compounds[name] for name in NEEDS)
    return PlannerComparison(
        source="Trostheim M, Eikemo M, Haaker J, Frost JJ, Leknes S. Opioid antagonism in humans: "
        "a primer on optimal dose and timing for central mu-opioid receptor blockade. "
        "Neuropsychopharmacology 2022.",
        doi="10.1038/s41386-022-01416-z",
        oral_numbers=_oral_numbers(oral, naltrexone),
        iv_numbers=_iv_numbers(iv, naloxone),
        defects=defects(iv),
        oral=_oral_curves(oral, naltrexone, stream),
        iv=_iv_curves(iv, naloxone),
        iv_dose_mg_per_kg=HIGH,
        better=BETTER,
    )


def _tablet(mg: float) -> list[Dose]:
    return [Dose(start_h=0.0, amount=mg, route=Route.ORAL)]


def _shot(mg_per_kg: float) -> list[Dose]:
    return [Dose(start_h=0.0, amount=mg_per_kg, route=Route.IV, per_kg=True)]


def _oral_numbers(peer: OralPeer, c: Compound) -> tuple[PeerNumber, ...]:
    def ours(mg: float, hours: float, receptor: ReceptorId = ReceptorId.MU) -> float:
        return 100.0 * float(blockade_curve(c, _tablet(mg), [hours], receptor=receptor).fraction[0])

    rows = [
        PeerNumber(
            what=f"mu blocked by {mg:g} mg, {SCAN_H:g} h after",
            unit="%",
            theirs=float(peer.blockade(mg)),
            ours=ours(mg, SCAN_H),
            note="theirs holds “within 8 h”",
        )
        for mg in DOSES_MG
    ]
    rows += [
        PeerNumber(
            what=f"{r} blocked by 50 mg, {SCAN_H:g} h after",
            unit="%",
            theirs=float(peer.blockade(50.0, ratio)),
            ours=ours(50.0, SCAN_H, r),
        )
        for r, ratio in ((ReceptorId.KAPPA, peer.kappa_ratio), (ReceptorId.DELTA, peer.delta_ratio))
    ]
    rows += [
        PeerNumber(
            what=f"dose for {percent:g} % of mu, {SCAN_H:g} h after",
            unit="mg",
            theirs=peer.dose_for(percent),
            ours=dose_for(c, percent / 100.0, (SCAN_H, SCAN_H + 1e-6), route=Route.ORAL).typical,
        )
        for percent in (90.0, 95.0)
    ]
    rows += [
        PeerNumber(
            what=f"mu blocked by 50 mg, {word} after",
            unit="%",
            theirs=None,
            ours=ours(50.0, hours),
            note=NO_TIME,
        )
        for word, hours in TIMES_H.items()
    ]
    daily = [Dose(start_h=24.0 * k, amount=50.0, route=Route.ORAL) for k in range(30)]
    trough = blockade_curve(c, daily, [24.0 * 30], receptor=ReceptorId.DELTA)
    rows.append(
        PeerNumber(
            what="delta blocked on 50 mg a day, 24 h after the last",
            unit="%",
            theirs=float(peer.blockade(50.0, peer.delta_ratio)),
            ours=100.0 * float(trough.fraction[0]),
            note="doses do not accumulate in theirs; measured 21 (SD 14.5) %",
        )
    )
    return tuple(rows)


def _iv_numbers(peer: IntravenousPeer, c: Compound) -> tuple[PeerNumber, ...]:
    t = np.arange(0.0, 400.0, 0.01)

    def ours(mg_per_kg: float, minutes: Array | list[float]) -> Array:
        hours = np.asarray(minutes, dtype=float) / 60.0
        return 100.0 * blockade_curve(c, _shot(mg_per_kg), hours).fraction

    def last_above(mg_per_kg: float, level: float) -> float:
        def fraction(times: Array) -> Array:
            return blockade_curve(c, _shot(mg_per_kg), times).fraction

        return 60.0 * spans_above(fraction, level, 0.0)[-1].stop_h

    window = coverage(c, _shot(USUAL), (1e-9, 1.0))
    rows = [
        ("peak after 0.4 mg/70 kg", "%", float(peer.raw(t, [USUAL]).max()),
         float(ours(USUAL, t).max()), ""),
        ("at 55 min after 0.4 mg/70 kg", "%", float(peer.raw([55.0], [USUAL])[0]),
         float(ours(USUAL, [55.0])[0]), f"its dose curve: {peer.at_measurement(USUAL):.1f}"),
        ("mean of the first hour, 0.4 mg/70 kg", "%", peer.window_mean(USUAL, 0.0, 60.0),
         100.0 * window.mean, ""),
        ("peak after 0.1 mg/kg", "%", float(peer.raw(t, [HIGH]).max()),
         float(ours(HIGH, t).max()), "theirs before it is cut to 100 %"),
        ("last minute above 90 %, 0.1 mg/kg", "min", peer.above(HIGH, 90.0)[1],
         last_above(HIGH, 0.9), ""),
        ("last minute above 50 %, 0.1 mg/kg", "min", peer.above(HIGH, 50.0)[1],
         last_above(HIGH, 0.5), ""),
        ("last minute above 90 %, 1 mg/kg", "min", peer.above(10 * HIGH, 90.0)[1],
         last_above(10 * HIGH, 0.9), ""),
        ("shortest interval between sessions", "h", peer.interval_h()[0], None,
         "ours is computed for the residual that is chosen"),
    ]  # fmt: skip
    return tuple(
        PeerNumber(what=what, unit=unit, theirs=theirs, ours=mine, note=note)
        for what, unit, theirs, mine, note in rows
    )


def _oral_curves(peer: OralPeer, c: Compound, stream: Stream) -> tuple[Curve, ...]:
    times = np.concatenate([np.arange(0.0, 12.0, 0.1), np.arange(12.0, 14 * 24.0 + 1, 2.0)])
    ours = blockade_curve(c, _tablet(50.0), times, band="persons", stream=stream)
    first = times[times <= 8.0]
    return (
        Curve(
            label="published planner",
            unit="%",
            time_h=first,
            value=np.full(first.shape, float(peer.blockade(50.0))),
        ),
        Curve(
            label="crossblock",
            unit="%",
            time_h=times,
            value=100.0 * ours.fraction,
            low=None if ours.low is None else 100.0 * ours.low,
            high=None if ours.high is None else 100.0 * ours.high,
            band=ours.band,
            assumed=ours.assumed,
        ),
    )


def _iv_curves(peer: IntravenousPeer, c: Compound) -> tuple[Curve, ...]:
    minutes = np.arange(0.0, 361.0, 1.0)
    ours = 100.0 * blockade_curve(c, _shot(HIGH), minutes / 60.0).fraction
    lines = {
        "published planner": peer.curve(minutes, [HIGH]),
        "before it is cut at 100 %": peer.raw(minutes, [HIGH]),
        "crossblock": ours,
    }
    return tuple(Curve(label=k, unit="%", time_h=minutes / 60.0, value=v) for k, v in lines.items())

"""A small account of the evidence made by hand: three accounts, four studies, round numbers."""

from __future__ import annotations

import math
from dataclasses import replace

from crossblock.domain.account import (
    Account,
    Check,
    FractionRow,
    HeldOut,
    LeftOut,
    MechanismRow,
)
from crossblock.domain.odds import Odds, OddsRow, Parted, Separation, ShareShift
from crossblock.domain.predicted import Predicted
from crossblock.domain.weighed import Arm, Kind, Role, WeighedStudy

MOOD = "share of the mood effect that naltrexone 50 mg removes"
PLACEBO = "fall after an infusion without ketamine that is believed to be ketamine"


def odds(**p: float) -> Odds:
    """Return odds over H1, H3a and H5, each known to a fifth of itself."""
    return Odds(
        rows=tuple(
            OddsRow(
                label=label,
                prior=1 / len(p),
                probability=x,
                low=0.8 * x,
                high=min(1.2 * x, 1.0),
                log_evidence=math.log(x),
                error=0.1,
            )
            for label, x in p.items()
        )
    )


def pair(first: str, second: str, factor: float, error: float = 0.1) -> Parted:
    log = math.log(factor)
    return Parted(
        first=first,
        second=second,
        log_bayes_factor=log,
        error=error,
        told_apart=abs(log) >= math.log(3),
    )


def figure(label: str = "ketamine, day 1", **fields: object) -> Predicted:
    plain = Predicted(
        study="a-2020",
        title="A 2020, arms",
        label=label,
        unit="points lost",
        middle=10.0,
        low=5.0,
        high=15.0,
        observed=12.0,
        cited="A 2020 (evidence.csv, line 7; abstract)",
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


FIGURES = (
    figure(),
    figure("saline, day 1", observed=20.0),
    figure("saline, day 3", observed=None),
    figure("responders", unit="people", middle=6, low=1, high=12, observed=7, title="W 2018, x"),
    figure("ketamine beats control", unit="probability", middle=0.3, low=0, high=1, observed=0.0),
    figure("significant", unit="probability", middle=0.03, low=0, high=1, observed=1.0),
)


def fraction(id: str, study: str, *, selected: bool = True, **fields: object) -> FractionRow:
    plain = FractionRow(
        study=study,
        id=id,
        selected=selected,
        middle=0.7,
        low=0.2,
        high=0.95,
        most=0.7,
        range_of_log_likelihood=3.0,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


FRACTIONS = (
    fraction("w", "W 2018, responders"),
    fraction("w", "W 2018, responders", selected=False, middle=0.8, low=0.3, high=1.0),
    fraction("j", "J 2025, mood", range_of_log_likelihood=1.0),
    fraction("both", "W 2018, responders and J 2025, mood", middle=0.6, low=0.25, high=0.9),
)


def mechanism(label: str, title: str, share: tuple[float, float, float]) -> MechanismRow:
    return MechanismRow(
        id=label.lower(),
        label=label,
        title=title,
        log_marginal=-1.5,
        error=0.12,
        effective=640.0,
        tempered=label == "H1",
        each={"w": -5.0 if label == "H1" else -3.0, "glx": -2.0},
        share=share,
    )


MECHANISMS = (
    mechanism("H1", "Glutamate only", (0.0, 0.0, 0.0)),
    mechanism("H3a", "Opioid tone gates the glutamate surge", (0.5, 0.2, 0.7)),
    mechanism("H5", "Expectancy carried by the brain's own opioids", (0.3, 0.1, 0.5)),
)


def separation(first: str, second: str, observable: str, apart: float) -> Separation:
    return Separation(
        first=first,
        second=second,
        observable=observable,
        design="crossover",
        people=26,
        first_value=0.1,
        second_value=0.4,
        apart=apart,
    )


SEPARATIONS = (
    separation("H3a", "H5", PLACEBO, 3.6),
    separation("H3a", "H5", MOOD, 0.7),
)


def study(id: str, kind: Kind, role: Role, n: int, arms: int = 2, **more: object) -> WeighedStudy:
    return WeighedStudy(
        id=id,
        title={"w": "W 2018, responders", "j": "J 2025, mood", "y": "Y 2025, three arms"}.get(
            id, f"{id}, study"
        ),
        evidence=id,
        kind=kind,
        role=role,
        arms=tuple(Arm(label=f"{k}", regimen="r", setting="masked", n=n) for k in range(arms)),
        times_h=(24.0,),
        **more,  # type: ignore[arg-type]
    )


STUDIES = (
    study("w", Kind.EVENT, Role.MECHANISM, 12),
    study("j", Kind.TEST, Role.MECHANISM, 26),
    study("glx", Kind.SIGNAL, Role.MECHANISM, 26),
    study("y", Kind.ASSAY, Role.HELD_OUT, 20, arms=3),
)
HELD = (
    figure("drug beats control", study="y", title="Y 2025, three arms", unit="probability",
           middle=0.9, low=0.0, high=1.0, observed=0.0),
    figure("difference", study="k", title="K 2024, course", unit="points", middle=-9.0, low=-14.0,
           high=-5.0, observed=-3.2, cited="K 2024 (evidence.csv, line 9; secondary)"),
)  # fmt: skip


def account(**fields: object) -> Account:
    """Return the account; `fields` replace some of it."""
    plain = Account(
        odds=odds(H1=0.01, H3a=0.59, H5=0.40),
        calibration_odds=odds(H1=0.2, H3a=0.3, H5=0.5),
        sensitivity={
            "H1 to H5 alike": odds(H1=0.01, H3a=0.59, H5=0.40),
            "half on H1": odds(H1=0.04, H3a=0.57, H5=0.39),
        },
        pairs=(pair("H1", "H3a", 1 / 59), pair("H1", "H5", 1 / 40), pair("H3a", "H5", 1.5)),
        separations=SEPARATIONS,
        receptors=(
            ShareShift(
                mechanism="H3a",
                symbol="kappa_share",
                prior_mean=0.2,
                prior_sd=0.16,
                mean=0.21,
                sd=0.16,
                distinguished=False,
            ),
        ),
        mechanisms=MECHANISMS,
        fractions=FRACTIONS,
        checks=(Check(study="a-2020", title="A 2020, arms", figures=FIGURES),),
        held_out=(HeldOut(split="fitted to W 2018", sha256="ab" * 32, figures=HELD),),
        left_out=(LeftOut(study="W 2018, responders", odds=odds(H1=0.03, H3a=0.37, H5=0.6)),),
        studies=STUDIES,
        particles=512,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]

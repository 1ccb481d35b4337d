"""The whole account: everything that `crossblock weigh` says, computed from bank and evidence."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from crossblock.domain.account import (
    Account,
    Check,
    FractionRow,
    HeldOut,
    LeftOut,
    MechanismRow,
)
from crossblock.domain.odds import Odds
from crossblock.domain.predicted import Predicted
from crossblock.domain.weighed import (
    Kind,
    Outcome,
    Outcomes,
    Role,
    Split,
    WeighedStudy,
    Weighing,
    check_fit,
    split,
)
from crossblock.weigh.bank import Bank, Say
from crossblock.weigh.compare import (
    LABELS,
    blockade_share,
    log_evidence,
    odds,
    parted,
    priors,
    receptor_shares,
)
from crossblock.weigh.fraction import FractionCurve, fraction_curve
from crossblock.weigh.holdout import compared, ratings_values, sealed
from crossblock.weigh.particles import draw
from crossblock.weigh.posterior import ENOUGH, Posterior, calibrate, standings, weigh
from crossblock.weigh.predict import predict, predicted, samples
from crossblock.weigh.separation import separations
from crossblock.weigh.tables import FULL, Axes, contrast_table, event_table
from crossblock.weigh.terms import Tables

Reader = Callable[[WeighedStudy], Outcome]
Array = NDArray[np.float64]
Keep = Callable[[str, str], None]
CURVE = 512  # calibrated particles behind a fraction's curve
ROUGH = 100.0  # effective particles that serve a sensitivity run


@dataclass(frozen=True, kw_only=True, eq=False)
class Settings:
    """How much is computed and where it is kept. `keep(name, text)` writes a prediction file.

    `enough`: effective particles below which reweighting gives way to tempering; `base`: the
    calibrating studies that the kept clouds rest on (None: all). Others are weighed on top.
    """

    seed: int = 1
    each: int = 512
    axes: Axes = FULL
    trials: int = 2000
    enough: float = ENOUGH
    base: frozenset[str] | None = None
    folder: Path | None = None
    say: Say = lambda words: None
    keep: Keep = lambda name, text: None


def tables_for(studies: Sequence[WeighedStudy], s: Settings) -> Tables:
    """Return the tabulated designs of the studies that need one, kept in the folder."""
    event, test = {}, {}
    for study in studies:
        n = study.arms[0].n
        if study.kind is Kind.EVENT:
            event[study.id] = event_table(n, axes=s.axes, trials=s.trials // 2, folder=s.folder)
        if study.kind is Kind.TEST:
            test[study.id] = contrast_table(n, axes=s.axes, trials=s.trials, folder=s.folder)
    return Tables(event=event, test=test)


def base(studies: Sequence[WeighedStudy], names: frozenset[str] | None) -> tuple[WeighedStudy, ...]:
    """Return the calibrating studies among `names` (None: all of them)."""
    fit = (x for x in studies if x.role is Role.FIT)
    return tuple(x for x in fit if names is None or x.id in names)


def account(
    weighing: Weighing,
    bank: Bank,
    read: Reader,
    *,
    settings: Settings,
    without: Sequence[str] = (),
) -> Account:
    """Return the account of all studies of `weighing`; `read` gives the outcome of one.

    `without` names studies to leave out altogether. Outcomes of held-out studies are read after
    their predictions were hashed, and never before.
    """
    kept = replace(weighing, studies=tuple(s for s in weighing.studies if s.id not in without))
    run = _Run(kept, bank, read, settings)
    both = split(kept, kept.families)
    found = run.posteriors(both)
    evidence = log_evidence(found)
    chosen = odds(evidence, priors()["H1 to H5 alike"])
    calibrated = run.odds_of(split(kept, ()))
    pairs = parted(evidence)
    return Account(
        odds=chosen,
        calibration_odds=calibrated,
        sensitivity={name: odds(evidence, p) for name, p in priors().items()},
        pairs=pairs,
        separations=separations(found, pairs),
        receptors=receptor_shares(found, run.prior_shares(), ("kappa_share", "delta_share")),
        mechanisms=tuple(_mechanism_row(p) for p in found.values()),
        fractions=run.fractions(),
        checks=run.checks(both, found, chosen),
        held_out=tuple(run.held_out()),
        left_out=tuple(run.left_out()),
        studies=kept.studies,
        particles=bank.size,
    )


class _Run:
    """One run: clouds and outcomes are made once and shared by all its questions."""

    def __init__(self, weighing: Weighing, bank: Bank, read: Reader, s: Settings) -> None:
        self.weighing, self.bank, self.read, self.settings = weighing, bank, read, s
        self.calibrating = base(weighing.studies, s.base)
        fitted = [x for x in weighing.studies if x.role is not Role.HELD_OUT]
        self.tables = tables_for(fitted, s)
        self._done: dict[tuple[tuple[str, ...], float], dict[str, Posterior]] = {}
        self.found: Outcomes = {x.id: read(x) for x in self.calibrating}
        clouds = calibrate(
            bank,
            self.calibrating,
            self.found,
            self.tables,
            seed=s.seed,
            each=s.each,
            folder=s.folder,
            say=s.say,
        )
        self.stand = standings(bank, clouds)

    def posteriors(self, chosen: Split, most: float = math.inf) -> dict[str, Posterior]:
        """Return the posteriors of a split; a held-out study in its fit is an error.

        `most`: effective particles that are enough for a sensitivity run.
        """
        enough = min(self.settings.enough, most)
        if (chosen.fit, enough) not in self._done:
            self._done[chosen.fit, enough] = self._weighed(chosen, enough)
        return self._done[chosen.fit, enough]

    def _weighed(self, chosen: Split, enough: float) -> dict[str, Posterior]:
        studies = check_fit(self.weighing, chosen.fit)
        extra = [x for x in studies if x not in self.calibrating]
        found = {**self.found, **{x.id: self.read(x) for x in extra}}
        return weigh(
            self.bank,
            self.stand,
            self.calibrating,
            extra,
            found,
            self.tables,
            seed=self.settings.seed,
            enough=enough,
        )

    def outcome(self, study: WeighedStudy) -> Outcome:
        """Return the outcome of a study, read once."""
        return self.found.get(study.id) or self.read(study)

    def odds_of(self, chosen: Split) -> Odds:
        return odds(log_evidence(self.posteriors(chosen)), priors()["H1 to H5 alike"])

    def prior_shares(self) -> dict[str, Array]:
        """Return prior draws of every coordinate of a mechanism with all receptors."""
        rich = next(r for r in self.bank.rivals.values() if "kappa_share" in r.particles.values)
        return dict(draw(rich.mechanism, 4096, self.settings.seed).values)

    def held_out(self) -> list[HeldOut]:
        """Return every held-out study predicted: blockade studies from each other, others last."""
        out: list[HeldOut] = []
        families = self.weighing.families
        for family in families:
            chosen = split(self.weighing, [f for f in families if f != family])
            held = [x for x in map(self.weighing.study, chosen.held) if x.role is Role.MECHANISM]
            out.append(self._predicted(chosen, held))
        chosen = split(self.weighing, families)
        held = [self.weighing.study(x) for x in chosen.held]
        return [*out, self._predicted(chosen, held)] if held else out

    def _predicted(self, chosen: Split, held: Sequence[WeighedStudy]) -> HeldOut:
        found = self.posteriors(chosen, ROUGH)
        figures = self._figures(found, held)
        prediction = sealed(chosen.name, figures)
        self.settings.keep(f"prediction-{chosen.name}.json", prediction.text)
        studies = {x.id: x for x in held}
        return HeldOut(
            split=chosen.words,
            sha256=prediction.sha256,
            figures=compared(prediction, studies, self.read),
        )

    def _figures(
        self, found: Mapping[str, Posterior], studies: Sequence[WeighedStudy]
    ) -> list[Predicted]:
        rng = np.random.Generator(np.random.Philox(key=self.settings.seed))
        parts = samples(found, variant_probabilities(found), rng)
        return [f for x in studies for f in predicted(x, predict(x, parts, self.tables, rng))]

    def checks(
        self, chosen: Split, found: Mapping[str, Posterior], result: Odds
    ) -> tuple[Check, ...]:
        """Return posterior predictive checks: each fitted study against its own replicate."""
        out = []
        for id in chosen.fit:
            study = self.weighing.study(id)
            figures = tuple(self._figures(found, [study]))
            outcome = self.outcome(study)
            if study.kind is Kind.RATINGS:
                values = ratings_values(study, outcome)
                figures = tuple(replace(f, observed=values.get(f.label)) for f in figures)
            else:
                figures = compared(sealed(study.id, figures), {study.id: study}, self.outcome)
            out.append(Check(study=study.id, title=study.title, figures=figures))
        return tuple(out)

    def left_out(self) -> list[LeftOut]:
        """Return the odds with each fitted study left out in turn."""
        both = split(self.weighing, self.weighing.families)
        out = []
        for study in check_fit(self.weighing, both.fit):
            if study not in self.calibrating:
                fewer = replace(both, fit=tuple(x for x in both.fit if x != study.id))
                without = log_evidence(self.posteriors(fewer, ROUGH))
            else:
                without = log_evidence(self._recalibrated(study))
            row = odds(without, priors()["H1 to H5 alike"])
            out.append(LeftOut(study=study.title, odds=row))
        return out

    def _recalibrated(self, out: WeighedStudy) -> dict[str, Posterior]:
        """Return the posteriors without one calibrating study, calibrated anew."""
        s = self.settings
        fewer = tuple(x for x in self.calibrating if x.id != out.id)
        clouds = calibrate(
            self.bank,
            fewer,
            self.found,
            self.tables,
            seed=s.seed,
            each=s.each // 2,
            folder=s.folder,
            say=s.say,
        )
        fitted = [x for x in self.weighing.studies if x.role is not Role.HELD_OUT]
        extra = [x for x in fitted if x not in self.calibrating]
        found = {**self.found, **{x.id: self.outcome(x) for x in extra}}
        stand = standings(self.bank, clouds)
        return weigh(self.bank, stand, fewer, extra, found, self.tables, seed=s.seed, enough=ROUGH)

    def fractions(self) -> tuple[FractionRow, ...]:
        """Return the fraction that each blockade study leaves possible, and both together."""
        whole = self.stand["h1"].rival
        rows_ = np.arange(0, whole.particles.count, max(1, whole.particles.count // CURVE))
        rival = replace(whole, particles=whole.particles.take(rows_), reach=whole.reach.take(rows_))
        rows: list[FractionRow] = []
        curves: list[FractionCurve] = []
        for study in self.weighing.studies:
            if study.role is not Role.MECHANISM or study.kind not in (Kind.EVENT, Kind.TEST):
                continue
            outcome = self.read(study)
            curve = fraction_curve(study, outcome, rival, self.tables)
            curves.append(curve)
            rows.append(_fraction_row(curve, study, selected=True))
            if study.kind is Kind.EVENT:
                few = event_table(
                    int(outcome.value),
                    axes=self.settings.axes,
                    trials=self.settings.trials // 2,
                    folder=self.settings.folder,
                )
                naive = replace(self.tables, event={**self.tables.event, f"{study.id} naive": few})
                curve = fraction_curve(study, outcome, rival, naive, selected=False)
                rows.append(_fraction_row(curve, study, selected=False))
        if len(curves) == 2:
            joint = curves[0].times(curves[1])
            rows.append(_fraction_row(joint, None, selected=True))
        return tuple(rows)


def variant_probabilities(found: Mapping[str, Posterior]) -> dict[str, float]:
    """Return the posterior probability of every variant under even odds of H1 to H5."""
    prior = priors()["H1 to H5 alike"]
    log = {
        id: found[id].log_marginal + np.log(prior[label] / len(variants))
        for label, variants in LABELS.items()
        for id in variants
        if id in found
    }
    top = logsumexp(list(log.values()))
    return {id: float(np.exp(x - top)) for id, x in log.items()}


def _mechanism_row(p: Posterior) -> MechanismRow:
    share = blockade_share(p, "ketamine", "ketamine-naltrexone", 24.0)
    low, middle, high = p.quantiles(share, (0.025, 0.5, 0.975))
    return MechanismRow(
        id=p.rival.mechanism.id,
        label=p.rival.mechanism.label,
        title=p.rival.mechanism.title,
        log_marginal=p.log_marginal,
        error=p.error,
        effective=p.effective,
        tempered=p.tempered,
        each=dict(p.each),
        share=(middle, low, high),
    )


def _fraction_row(
    curve: FractionCurve, study: WeighedStudy | None, *, selected: bool
) -> FractionRow:
    low, middle, high = curve.quantiles()
    flat = float(curve.log_likelihood.max() - curve.log_likelihood.min())
    return FractionRow(
        study=curve.study,
        id=study.id if study is not None else "both",
        selected=selected,
        middle=middle,
        low=low,
        high=high,
        most=curve.most,
        range_of_log_likelihood=flat,
    )

"""What the verb `weigh` joins: catalog, ratings, bank, and the account made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import crossblock as cb
from crossblock.cli.output import say, write
from crossblock.domain.account import Account
from crossblock.domain.compound import Compound
from crossblock.domain.evidence import Evidence
from crossblock.domain.mechanism import Family
from crossblock.domain.weighed import Kind, Outcome, Role, WeighedStudy, Weighing
from crossblock.load import weighing as load_weighing
from crossblock.load.compound import compound
from crossblock.load.mechanism import mechanism
from crossblock.report import number
from crossblock.report.story import Assumed
from crossblock.stats.derive import derive
from crossblock.weigh.account import Settings, account, base, tables_for
from crossblock.weigh.bank import NODES, build
from crossblock.weigh.compare import LABELS
from crossblock.weigh.particles import UNKNOWNS, symbols
from crossblock.weigh.people import nodes
from crossblock.weigh.posterior import ENOUGH
from crossblock.weigh.prepare import Work, prepare
from crossblock.weigh.reach import Model
from crossblock.weigh.shares import shares
from crossblock.weigh.tables import FULL, SMALL

MECHANISMS = tuple(v for variants in LABELS.values() for v in variants)
REFERENCE = "ketamine"
Step = Callable[[str], AbstractContextManager[None]]
ENDS = np.array([-1.96, 0.0, 1.96])
# what the symbols of the mechanisms stand for, in the list of assumptions
NAMES = {
    "fall": "fall on day 1 without a blocker, of baseline",
    "T50": "tolerance that halves the opioid drive",
    "slowing": "how many times rapamycin slows the loss of effect",
    "kappa_share": "share of the opioid signal carried by kappa receptors",
    "delta_share": "share of the opioid signal carried by delta receptors",
    "E0": "opioid tone at rest",
    "half_life_E": "half-life of a change of opioid tone, h",
    "phi": "share of the glutamate surge that needs opioid tone",
    "sN": "opioid released by the NMDA block, of the tone at rest",
    "sX": "opioid released by belief, of the tone at rest",
    "aK": "weight of the drug's own opioid drive beside glutamate",
    "aR": "weight of released opioid beside glutamate",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """Prior draws of each mechanism, calibrated particles of each island, coarse tables or fine."""

    size: int
    each: int
    small: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Sources:
    """Everything an account is made of, and where its parts are kept.

    `secondary`: a sensitivity run, in which rows read in a secondary source may be fitted.
    """

    evidence: Evidence
    weighing: Weighing
    without: tuple[str, ...]
    folder: Path
    predictions: Path | None
    workers: int
    seed: int
    sizes: Sizes
    secondary: bool = False


def assembled(s: Sources, step: Step) -> Account:
    """Return the account: bank first (kept), then everything that is weighed on it."""
    for name in s.without:
        s.weighing.study(name)  # refuses a name that is none
    rivals = [mechanism(name) for name in MECHANISMS]
    model = Model(
        reference=compound(REFERENCE), compounds=_compounds(s.weighing), nodes=nodes(NODES)
    )

    def read(study: WeighedStudy) -> Outcome:
        return outcome(study, s.evidence, secondary=s.secondary)

    names = frozenset(x.id for x in load_weighing.shipped().studies if x.role is Role.FIT)
    kept = [x for x in s.weighing.studies if x.id not in s.without]
    load_weighing.check(kept, s.evidence, secondary=s.secondary)
    calibrating = base(kept, names)
    work = Work(
        regimens=s.weighing.regimens,
        model=model,
        calibrating=calibrating,
        found={x.id: read(x) for x in calibrating},
        size=s.sizes.size,
        each=s.sizes.each,
        seed=s.seed,
        folder=s.folder,
    )
    settings = Settings(
        seed=s.seed,
        each=s.sizes.each,
        axes=SMALL if s.sizes.small else FULL,
        trials=500 if s.sizes.small else 2000,
        enough=100.0 if s.sizes.small else ENOUGH,
        base=names,
        folder=s.folder,
        say=say,
        keep=lambda name, text: _keep(s.predictions, name, text),
    )
    with step("building the bank of prior draws, or reading it"):
        prepare(rivals, work, workers=s.workers, say=lambda words: say(f"  {words}"))
        tables_for([x for x in kept if x.role is not Role.HELD_OUT], settings)
        bank = build(rivals, work.regimens, model, size=work.size, seed=s.seed, folder=s.folder)
    with step("weighing"):
        return account(s.weighing, bank, read, settings=settings, without=s.without)


def _compounds(weighing: Weighing) -> dict[str, Compound]:
    named = {n for r in weighing.regimens for n in (r.drug, r.blocker) if n}
    return {name: compound(name) for name in sorted(named | {REFERENCE})}


def _keep(folder: Path | None, name: str, text: str) -> None:
    if folder is not None:
        write(folder / name, text)


def outcome(study: WeighedStudy, evidence: Evidence, *, secondary: bool = False) -> Outcome:
    """Return what a study found: from its ratings, or from its evidence rows.

    A held-out study may rest on rows that were read in a secondary source: it is compared, never
    fitted. Others may only where `secondary` says so.
    """
    if study.kind is not Kind.RATINGS:
        held = study.role is Role.HELD_OUT
        return load_weighing.outcome(study, evidence, secondary=secondary or held)
    protocol = cb.read_protocol(study.protocol)
    name = study.ratings or study.protocol
    ratings = cb.read_ratings(name, protocol)
    codes = cb.read_open_codelist(name, protocol)
    before, after = (
        derive(
            ratings,
            codes,
            instrument=study.instrument,
            visit=visit,
            conditions=protocol.condition_ids,
        )
        for visit in (study.baseline_visit, study.visit)
    )
    return shares(study, before, after)


def priors_in_words(names: Sequence[str]) -> tuple[Assumed, ...]:
    """Return every prior that nobody read in a text, once, with its reason."""
    out = {
        u.symbol: Assumed(
            key=f"weigh.{u.symbol}",
            what=u.why,
            value=_spread(u.prior.at(u.value, ENDS)),
            how=u.confidence.value,
            reason=f"{u.symbol}, in {u.unit}; chosen for order of magnitude",
        )
        for u in UNKNOWNS
    }
    for name in names:
        m = mechanism(name)
        for symbol in symbols(m):
            if symbol in out or symbol not in m.parameters:
                continue
            p = m.parameter(symbol)
            if p.confidence.amber and p.prior.family is not Family.FIXED:
                out[symbol] = Assumed(
                    key=f"weigh.{symbol}",
                    what=NAMES.get(symbol, f"{symbol} of the mechanisms"),
                    value=_spread(p.prior.at(p.value, ENDS)),
                    how=p.confidence.value,
                    reason=f"{symbol}: {p.note or p.source.text}",
                )
    return tuple(out.values())


def _spread(x: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    return f"{x[1]:.3g} (prior 95{number.THIN}%: {x[0]:.3g} to {x[2]:.3g})"

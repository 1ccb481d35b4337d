"""What `crossblock weigh` does once it was asked: weigh, write, and say it in lines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

import crossblock as cb
from crossblock.cli.output import plain, print_json, say, write
from crossblock.cli.progress import step
from crossblock.cli.weighing import MECHANISMS, Sizes, Sources, assembled, priors_in_words
from crossblock.core.errors import Problem
from crossblock.domain.account import Account
from crossblock.domain.evidence import together
from crossblock.domain.predicted import Fate
from crossblock.load import evidence as load_evidence
from crossblock.load import weighing as load_weighing
from crossblock.report.odds import ACCOUNTS, share
from crossblock.report.page import render
from crossblock.report.weighing import SECONDARY_RUN, answer, weighing_story

JELEN = "jelen-2025-mood"  # the one blockade study for which a fraction was published
SIZES = {"full": Sizes(size=8192, each=1024), "small": Sizes(size=1024, each=128, small=True)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What was asked on the command line."""

    evidence: tuple[str, ...]
    studies: str | None
    without: tuple[str, ...]
    secondary: bool
    bank: str | None
    size: str
    seed: int
    workers: int
    predictions: str | None
    output: str | None
    as_json: bool


def weighed(asked: Asked) -> int:
    """Weigh what was asked, write and print it, and return the exit status."""
    rows = load_evidence.shipped()
    added = [load_evidence.read(Path(name)) for name in asked.evidence]
    rows = together(rows, *added)
    studied = load_weighing.shipped()
    if asked.studies:
        studied = load_weighing.added(Path(asked.studies), studied)
    unfit = load_weighing.unfit(studied, rows)
    left_out = [*rows.refused, *rows.flags, *unfit.values()]
    for wrong in left_out:
        say(str(wrong))
    sources = Sources(
        evidence=rows,
        weighing=studied,
        without=(*asked.without, *(x for x in unfit if x not in asked.without)),
        secondary=asked.secondary,
        folder=Path(asked.bank) if asked.bank else default_folder(),
        predictions=Path(asked.predictions) if asked.predictions else None,
        workers=asked.workers,
        seed=asked.seed,
        sizes=SIZES[asked.size],
    )
    account = assembled(sources, step)
    if asked.output:
        write(asked.output, page(account, sources, left_out))
    if asked.as_json:
        print_json({"secondary": asked.secondary, **summary(account)})
    elif asked.output != "-":
        for line in ([f"{SECONDARY_RUN}."] if asked.secondary else []) + lines(account):
            say(line)
    failed = any(h.failures for h in account.held_out)
    return 1 if left_out or failed else 0


def default_folder() -> Path:
    """Return the folder of the user's cache in which banks are kept."""
    return Path(click.get_app_dir("crossblock")) / "bank"


def page(account: Account, sources: Sources, refused: Sequence[Problem]) -> str:
    """Return the account as HTML."""
    said = "crossblock weigh " + " ".join(sys.argv[2:])
    stated = sources.evidence.of("Jelen 2025", statistic="relative_reduction")
    published = {
        study: (r.value, f"no interval, {r.confidence.value} source")
        for study, r in zip((JELEN,), stated, strict=False)
        if r.value is not None and r.id not in sources.evidence.contested
    }
    return render(
        weighing_story(
            account,
            published=published,
            unknowns=priors_in_words(MECHANISMS),
            refused=refused,
            secondary=sources.secondary,
            provenance=(
                ("crossblock", cb.__version__),
                ("Command", said.strip()),
                ("Seed", str(sources.seed)),
                ("Evidence, SHA-256", sources.evidence.sha256),
            ),
        )
    )


def summary(account: Account) -> dict[str, object]:
    """Return what machines need of the account."""
    return {
        "odds": plain(account.odds.rows),
        "sensitivity": {name: plain(o.rows) for name, o in account.sensitivity.items()},
        "left_out": [plain(x) for x in account.left_out],
        "pairs": plain(account.pairs),
        "separations": plain(account.separations),
        "receptors": plain(account.receptors),
        "mechanisms": plain(account.mechanisms),
        "fractions": plain(account.fractions),
        "checks": plain(account.checks),
        "held_out": plain(account.held_out),
        "particles": account.particles,
    }


def lines(account: Account) -> list[str]:
    """Return the account as lines of text."""
    out = [" ".join("".join(run.text for run in p).split()) for p in answer(account)]
    for r in account.odds.rows:
        out.append(
            f"{r.label:<4}{ACCOUNTS[r.label]:<40}{share(r.probability):>9}  "
            f"(Monte Carlo {share(r.low)} to {share(r.high)}; log evidence "
            f"{r.log_evidence:.2f} ± {r.error:.2f})"
        )
    failed = [f for h in account.held_out for f in h.failures]
    told = [f for h in account.held_out for f in h.figures if f.fate is not Fate.NOT_OBSERVED]
    held = len(told)
    out.append(f"held out: {held - len(failed)} of {held} predictions hold")
    out += [f"  failed: {f.title}, {f.label}" for f in failed]
    best = account.separations[:1]
    out += [f"to part {s.first} and {s.second}: {s.observable} ({s.design})" for s in best]
    return out

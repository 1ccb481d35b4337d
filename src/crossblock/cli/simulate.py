"""`crossblock simulate PROTOCOL`: would this design have shown it, had it been true?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import crossblock as cb
from crossblock.cli.characteristics import lines, named
from crossblock.cli.output import json_option, output_option, print_json, say, write
from crossblock.cli.progress import meter, step
from crossblock.core.errors import InputError, TruthError

if TYPE_CHECKING:
    from crossblock.domain.characteristics import Characteristics
    from crossblock.domain.protocol import Protocol
    from crossblock.domain.truth import Truth
    from crossblock.simulate.chunk import Job
    from crossblock.simulate.store import Store

SEED = 20261121
FRACTIONS = "fraction=0,0.28,1"

HELP = """Run the study many times with known truth, through the analysis that reads the real one.

What is true is set with --truth name=value; several values make a grid. Names are those of the
people file (fraction, icc, expectancy, dropout_first and so on), mechanism, and comparator (open,
active or masked). fraction is the share of the drug's own effect that complete blockade would
remove. Left out, the fractions 0, 0.28 and 1 are run.

\b
  crossblock simulate --names
  crossblock simulate williams-2018 --trials 2000
  crossblock simulate williams-2018 --truth fraction=0,0.28,1 --truth mechanism=h3a,h4-direct
  crossblock simulate williams-2018 --generator gaussian --truth icc=0.2,0.5,0.8 --n 12
  crossblock simulate my-study.toml --trials 100000 --workers 8 --run folder
  crossblock simulate my-study.toml --trials 100000 --workers 8 --resume folder
  crossblock simulate settling-trial -o settling.html
  crossblock simulate williams-2018 --study folder --recipient age1…
"""


@click.command("simulate", help=HELP)
@click.argument("protocol", required=False)
@click.option("--names", is_flag=True, help="List every number that --truth can set, and stop.")
@click.option("--trials", type=click.IntRange(1, 10_000_000), default=2000, show_default=True)
@click.option(
    "--truth", "truths", multiple=True, help="name=value or name=value,value; repeatable."
)
@click.option("--generator", type=click.Choice(["mechanistic", "gaussian"]), default="mechanistic")
@click.option("--n", "people", type=int, help="Participants; the protocol's number when left out.")
@click.option("--endpoint", help="Endpoint to analyze; the primary one when left out.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=SEED, show_default=True)
@click.option("--workers", type=click.IntRange(1, 1024), default=1, show_default=True)
@click.option("--run", "begin", type=click.Path(path_type=Path), help="Keep the run in a folder.")
@click.option("--resume", type=click.Path(path_type=Path), help="Take up the run in a folder.")
@click.option("--mixed", is_flag=True, help="Join results of other machines or installations.")
@click.option("--cluster", help="Address of a Dask scheduler, such as tcp://10.0.0.1:8786.")
@click.option("--local", is_flag=True, help="Run here if the cluster does not answer.")
@click.option(
    "--study",
    "study_folder",
    type=click.Path(path_type=Path),
    help="Write the first trial of the first truth as a study bundle, and do nothing else.",
)
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="age1…",
    help="Who opens that bundle's list.",
)
@output_option
@json_option
@cb.single_threaded()  # libraries load without threads of their own: workers can be forked
def command(
    protocol: str | None,
    names: bool,
    trials: int,
    truths: tuple[str, ...],
    generator: str,
    people: int | None,
    endpoint: str | None,
    seed: int,
    workers: int,
    begin: Path | None,
    resume: Path | None,
    mixed: bool,
    cluster: str | None,
    local: bool,
    study_folder: Path | None,
    recipients: tuple[str, ...],
    output: str | None,
    as_json: bool,
) -> int:
    if names:
        for line in named(cb.truth_grid(())[0]):
            click.echo(line)
        return 0
    if protocol is None:
        raise click.UsageError("PROTOCOL is needed: a file or a shipped name")
    cb.keep_memory()
    with step("reading"):
        study = cb.read_protocol(protocol)
        wanted = cb.truth_grid(truths or (FRACTIONS,), generator)
        if endpoint is not None:
            study.endpoint(endpoint)
    if study_folder is not None:
        return _one_study(study, protocol, wanted[0], study_folder, recipients, seed, people)
    made: dict[str, Any] = {"people": people, "seed": seed, "endpoint": endpoint}
    found: list[Characteristics] = []
    run: list[Truth] = []
    with _executor(cluster, local) as executor:
        for k, truth in enumerate(wanted):
            task = _job(study, truth, trials, made, alone=len(wanted) == 1)
            if task is None:
                continue
            store = _store(begin, resume, k, len(wanted), task, mixed)
            with meter(f"{trials:,} trials, {_said(truth)}") as progress:
                shared: dict[str, Any] = {
                    "store": store,
                    "executor": executor,
                    "progress": progress,
                }
                found.append(cb.run_trials(task, workers=workers, mixed=mixed, **shared))
                run.append(truth)
    if not found:
        raise InputError("none of these truths can be: see the notes above")
    if output:
        with step("drawing"):
            shown = cb.trial_gallery(study, run, **made)
            command_line = "crossblock simulate " + " ".join(sys.argv[2:])
            write(output, cb.render(cb.simulation_story(study, found, shown, command_line)))
    if as_json:
        print_json(found)
    elif output != "-":
        for line in lines(study, found):
            say(line)
    return 1 if len(run) < len(wanted) or any(c.warnings for c in found) else 0


def _said(truth: Truth) -> str:
    return ", ".join([truth.mechanism, *(f"{s} {truth[s]:g}" for s in truth.set)])


def _one_study(
    study: Protocol,
    where: str,
    truth: Truth,
    folder: Path,
    recipients: tuple[str, ...],
    seed: int,
    people: int | None,
) -> int:
    """Write one virtual study as a bundle."""
    if not recipients:
        raise click.UsageError("--study needs --recipient, whose key opens the sealed list")
    cb.virtual_study(study, where, truth, folder, recipients=recipients, seed=seed, people=people)
    say(f"Bundle of one virtual study in {folder}; its list is sealed.")
    return 0


def _job(
    study: Protocol, truth: Truth, trials: int, made: dict[str, Any], *, alone: bool
) -> Job | None:
    """Return the job of one truth; None, with a note, for one that a grid has to leave out."""
    try:
        return cb.trial_job(study, truth, trials=trials, **made)
    except TruthError as error:
        if alone:
            raise
        say(f"note: left out: {_said(truth)}: {error.problems[0].why}")
        return None


def _store(
    begin: Path | None, resume: Path | None, k: int, count: int, task: Job, mixed: bool
) -> Store | None:
    """Return the folder of one truth: the folder itself, or a numbered one below it in a grid.

    A grid that was stopped has no folder yet for the truths that it did not reach.
    """
    folder = resume or begin
    if folder is None:
        return None
    mine = folder if count == 1 else folder / f"truth-{k:03d}"
    must = resume is not None and (count == 1 or not folder.is_dir())
    return cb.open_run(mine, task, resume=must, mixed=mixed)


@contextmanager
def _executor(cluster: str | None, local: bool) -> Iterator[Executor | None]:
    """Give the cluster's executor, or None for this machine."""
    with ExitStack() as stack:
        executor = None
        if cluster is not None:
            try:
                executor = stack.enter_context(cb.cluster(cluster))
            except InputError as error:
                if not local:
                    raise
                say(f"note: {error.problems[0].what}; running here")
        yield executor

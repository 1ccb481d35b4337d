"""`crossblock clinic FOLDER`: run a clinic in the browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

import click

import crossblock as cb

HELP = """Run a ketamine clinic in the browser: intake, gate, sessions, course, plan, patient page.

FOLDER holds clinic.toml (name, zone, crisis contacts, who is paged). The record is SQLite in that
folder, or PostgreSQL with --database. It records and counts; it never advises.

\b
  crossblock clinic --demo                      look around: simulated patients
  crossblock clinic my-clinic --first-people    make the first two administrators
  crossblock clinic my-clinic --work            make the forecasts that are asked for
  crossblock clinic my-clinic --database postgres://web@db/clinic --behind-tls --host c.example.org
"""


GROUP = 800
"""Virtual people behind what is projected for groups."""
RIVALS = ("h1", "h3a")
"""One mechanism without and one with an opioid part: the blockade is what tells them apart."""


def forecast(history: Any) -> Any:
    """Return the forecast of one person's history; the engine is loaded when one is asked for."""
    engine = import_module("crossblock.forecast.person")
    slow = import_module("crossblock.load.adaptation").adaptation()
    drugs = {s.drug for s in history.sessions}
    return engine.update(
        history,
        mechanisms=[cb.read_mechanism(name) for name in RIVALS],
        adaptation=slow,
        compounds={d: cb.read_compound(d) for d in drugs | {"ketamine", "naltrexone"}},
    )


def project(regimens: Mapping[str, str]) -> dict[str, Any]:
    """Return what virtual groups come to in a year, by option; regimens or policies by name."""
    base = regimens["continue"]
    policies = tuple(name for name in regimens.values() if name != base)
    run = cb.run_forecast(cb.ForecastAsk(regimen=base, policies=policies, people=GROUP))
    found = dict(run.comparison.forecasts) if run.comparison else {}
    every = {base: run.forecast, **found}
    return {option: every[name].outcomes for option, name in regimens.items()}


@click.command("clinic", help=HELP)
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--demo", is_flag=True, help="Fill a clinic with simulated patients and open it.")
@click.option("--database", default="", metavar="ADDRESS", help="postgres://user@host:5432/name")
@click.option("--owner-database", default="", metavar="ADDRESS", help="As its owner, to migrate.")
@click.option("--host", default="127.0.0.1", help="Name or address under which people reach it.")
@click.option("--port", default=8000, type=click.IntRange(1, 65535))
@click.option("--behind-tls", is_flag=True, help="A proxy in front does TLS: secure cookies.")
@click.option("--workers", default=2, type=click.IntRange(1, 32), help="Processes.")
@click.option("--first-people", is_flag=True, help="Make two administrators, print passwords.")
@click.option("--work", is_flag=True, help="Make the forecasts that the clinic waits for.")
@click.option("--once", is_flag=True, help="With --work: do what is waiting, then stop.")
@click.option("--no-serve", is_flag=True, help="With --demo: fill the folder and stop.")
def command(
    folder: Path | None,
    demo: bool,
    database: str,
    owner_database: str,
    host: str,
    port: int,
    behind_tls: bool,
    workers: int,
    first_people: bool,
    work: bool,
    once: bool,
    no_serve: bool,
) -> None:
    # Django must not be loaded before its settings are known, nor by --help.
    clinic = import_module("crossblock.server.clinic.command")
    if demo:
        folder = clinic.make_demo(folder, import_module("crossblock.forecast.imagined").imagine)
        click.echo("making their forecasts", err=True)
        clinic.work(folder, forecast, project, once=True)
        click.echo(f"Filled {folder}", err=True)
        if no_serve:
            return
    if folder is None:
        raise click.UsageError("FOLDER is needed, or --demo")
    if work:
        done = clinic.work(folder, forecast, project, database=database, once=once)
        click.echo(f"{done} done", err=True)
        return
    with _worker(folder) if demo else nullcontext():
        clinic.serve(
            folder,
            database=database,
            owner_database=owner_database,
            host=host,
            port=port,
            behind_tls=behind_tls,
            workers=workers,
            first_people=first_people,
        )


@contextmanager
def _worker(folder: Path) -> Iterator[None]:
    """Keep a process that makes the forecasts somebody asks for while they look around."""
    arguments = [sys.executable, "-m", "crossblock.cli", "clinic", str(folder), "--work"]
    with subprocess.Popen(arguments, stderr=subprocess.DEVNULL) as worker:
        try:
            yield
        finally:
            worker.terminate()

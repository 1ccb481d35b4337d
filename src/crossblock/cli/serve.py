"""`crossblock serve STUDY`: conduct a study in the browser."""

from __future__ import annotations

from pathlib import Path

import click

import crossblock as cb

HELP = """Conduct a study in the browser, double-blind, from screening to lock.

STUDY is a folder with protocol.toml, the allocation folder that crossblock randomize made, and
perhaps conduct.toml (sites, gate, limits). The record is SQLite in that folder, or PostgreSQL with
--database. The server holds kit ids and never learns an arm.

\b
  crossblock serve --demo                       look around: a filled virtual study
  crossblock serve my-study                     one desk
  crossblock serve my-study --first-people      make the first two sponsor accounts
  crossblock serve my-study --database postgres://web@db/trial --behind-tls --host trial.example.org
"""


@click.command("serve", help=HELP)
@click.argument("study", type=click.Path(path_type=Path), required=False)
@click.option("--demo", is_flag=True, help="Fill a virtual study and open it.")
@click.option("--database", default="", metavar="ADDRESS", help="postgres://user@host:5432/name")
@click.option(
    "--owner-database",
    default="",
    metavar="ADDRESS",
    help="The same database as its owner, to migrate it; the serving role then only adds rows.",
)
@click.option("--host", default="127.0.0.1", help="Name or address under which people reach it.")
@click.option("--port", default=8000, type=click.IntRange(1, 65535))
@click.option("--behind-tls", is_flag=True, help="A proxy in front does TLS: secure cookies.")
@click.option("--workers", default=2, type=click.IntRange(1, 32), help="Processes.")
@click.option("--first-people", is_flag=True, help="Make two sponsor accounts, print passwords.")
def command(
    study: Path | None,
    demo: bool,
    database: str,
    owner_database: str,
    host: str,
    port: int,
    behind_tls: bool,
    workers: int,
    first_people: bool,
) -> None:
    if demo:
        study = cb.make_demo(study)
    if study is None:
        raise click.UsageError("STUDY is needed, or --demo")
    cb.conduct.serve(
        study,
        database=database,
        owner_database=owner_database,
        host=host,
        port=port,
        behind_tls=behind_tls,
        workers=workers,
        first_people=first_people,
    )

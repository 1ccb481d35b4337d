"""Floor 9: the verbs. One short file a verb; each parses, calls one function, writes.

The verb table is lazy on purpose: `crossblock --help` must not load an array library. A verb's
module is imported when the verb is run, and the table carries the line that the help prints.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from crossblock.core.errors import CrossblockError, InputError, Problem

# verb -> (module, one line of help), in the order in which a study lives
VERBS: dict[str, tuple[str, str]] = {
    "demo": ("crossblock.cli.demo", "Build the demonstration report from real ratings."),
    "check": ("crossblock.cli.check", "Read a protocol file and list everything wrong with it."),
    "expose": ("crossblock.cli.expose", "What the drugs do: concentration, occupancy, blockade."),
    "mechanisms": ("crossblock.cli.mechanisms", "What each rival mechanism says we would see."),
    "simulate": ("crossblock.cli.simulate", "Run the study many times with known truth."),
    "plan": ("crossblock.cli.plan", "Plan the next study: size, design, cost, what it proves."),
    "score": ("crossblock.cli.score", "Score filled-in forms of a rating instrument."),
    "analyze": ("crossblock.cli.analyze", "Analyze ratings as the protocol says."),
    "randomize": ("crossblock.cli.randomize", "Make the sealed allocation list, offline."),
    "serve": ("crossblock.cli.serve", "Conduct a study in the browser, double-blind."),
    "clinic": ("crossblock.cli.clinic", "Run a clinic: intake, sessions, course, long-term plan."),
    "worker": ("crossblock.cli.worker", "Do the heavy work that the server asks for."),
    "open-envelope": ("crossblock.cli.open_envelope", "Open one envelope after a code break."),
    "audit": ("crossblock.cli.audit", "Verify the audit chain of a study."),
    "lock": ("crossblock.cli.lock", "Lock a study and take its record out as a bundle."),
    "leakcheck": ("crossblock.cli.leakcheck", "Look for the arm wherever a blinded person looks."),
    "appraise": ("crossblock.cli.appraise", "What a published test implies, without the data."),
    "weigh": ("crossblock.cli.weigh", "Weigh rival mechanisms by the published studies."),
    "forecast": ("crossblock.cli.forecast", "Repeated use under every mechanism; one person."),
    "claim": ("crossblock.cli.claim", "Mark what a press report says: supported or overstated."),
    "report": ("crossblock.cli.report", "Write the report of an analysis as one HTML page."),
}

# extra -> the modules that only it brings; verbs that need one say so when they are run
EXTRAS: dict[str, tuple[str, ...]] = {
    "server": ("django", "allauth", "argon2", "gunicorn", "psycopg", "whitenoise"),
    "cluster": ("distributed",),
}

TEACHES = """Plan, run and read trials that ask: does this drug work through that receptor?

\b
A study lives in one direction:
  crossblock check    my-study.toml             is the protocol file sound?
  crossblock expose   my-study.toml             what do drug and blocker do, hour by hour?
  crossblock simulate my-study.toml             would it have shown it, had it been true?
  crossblock plan     my-study.toml             what should the next study be?
  crossblock serve    my-study                  conduct it double-blind, in the browser
  crossblock analyze  my-study.toml ratings.csv what do the ratings say?
  crossblock weigh                              which mechanism does all evidence favor?
  crossblock forecast my-regimen.toml           what if people take it again and again?

Wherever a file is expected, the name of a shipped example works too, such as
nimh-ketamine-saline or williams-2018. Exit status: 0 good, 1 usable with a finding, 2 unusable
input. Start with: crossblock demo
"""


class VerbTable(click.Group):
    """A group whose commands are imported when they are run, not when they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command = import_module(VERBS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])


@click.group(cls=VerbTable, help=TEACHES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crossblock")
def crossblock() -> None:
    """Entry point; the text above is what people read."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status. No traceback reaches a user."""
    try:
        status = crossblock.main(args=arguments, standalone_mode=False)
    except CrossblockError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except ModuleNotFoundError as error:
        missing = _missing(error)
        click.echo(str(missing), err=True)
        sys.exit(missing.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. Nothing was written.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    sys.exit(status if isinstance(status, int) else 0)


def _missing(error: ModuleNotFoundError) -> InputError:
    """Return what to do about a library of an extra; what no extra brings is a defect, raised."""
    name = (error.name or "").partition(".")[0]
    for extra, modules in EXTRAS.items():
        if name in modules:
            return InputError(
                Problem(
                    what=f"this verb needs the library {name}, which is not installed",
                    fix=f'install it with: pip install "crossblock[{extra}]" (in a clone: '
                    f'pip install -e ".[{extra}]")',
                )
            )
    raise error

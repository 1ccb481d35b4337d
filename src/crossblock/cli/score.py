"""`crossblock score INSTRUMENT ANSWERS`: what do the filled-in forms add up to?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

import crossblock as cb
from crossblock.cli.output import json_option, output_option, print_json, say, write

if TYPE_CHECKING:
    from crossblock.domain.crosswalk import Conversion, Crosswalk
    from crossblock.load.answers import ScoredAnswers

HELP = """Score filled-in forms of a rating instrument.

INSTRUMENT is a shipped name (hamd17, madrs, qids-sr16, …) or an instrument file. ANSWERS is a CSV
file with one row per form and one column per item (item1, item2, …), or with totals alone; columns
such as participant and visit are carried along. The result is a CSV table. Rows with an answer that
the instrument does not allow are listed and kept, without a score.

\b
  crossblock score hamd17 answers.csv
  crossblock score hamd17 answers.csv --overlay my-study/instruments/hamd17-de.toml
  crossblock score qids-sr16 answers.csv --to hamd17 -o scores.csv
"""


@click.command("score", help=HELP)
@click.argument("instrument")
@click.argument("answers")
@click.option(
    "--overlay",
    type=click.Path(path_type=Path),
    help="A site's wording of the instrument: checked and named; the scores stay the same.",
)
@click.option("--to", help="Also convert the score to this instrument, with its interval.")
@output_option
@json_option
def command(
    instrument: str,
    answers: str,
    overlay: Path | None,
    to: str | None,
    output: str | None,
    as_json: bool,
) -> int:
    scale = cb.read_instrument(instrument)
    if overlay is not None:
        scale = cb.with_overlay(scale, overlay)
    walk = cb.read_crosswalk(scale.id, to) if to else None
    scored = cb.read_answers(answers, scale)
    converted = _converted(scored, walk, to)
    if as_json:
        print_json(
            {
                "instrument": scale.id,
                "wording": list(scale.wording),
                "source": scored.source,
                "sha256": scored.sha256,
                "rows": scored.rows,
                "converted": converted,
            }
        )
    else:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(_table(scored, converted, to))
        write(output or "-", text.getvalue())
    return _tell(scored)


def _converted(
    scored: ScoredAnswers, walk: Crosswalk | None, to: str | None
) -> list[Conversion | None]:
    """Return the conversion of every row's score, in order; [] when none was asked for."""
    if walk is None or to is None:
        return []
    scale = scored.instrument
    totals = [row.scores.get(scale.primary) for row in scored.rows]
    return [None if t is None else walk.convert(t, scale.id, to) for t in totals]


def _table(
    scored: ScoredAnswers, converted: list[Conversion | None], to: str | None
) -> Iterator[list[str]]:
    """Yield the rows of the result, the converted score and its interval behind them."""
    rows = scored.table()
    if not converted:
        yield from rows
        return
    yield [*next(rows), f"{to}", f"{to}_lower95", f"{to}_upper95"]
    for row, found in zip(rows, converted, strict=True):
        more = (found.value, found.lower, found.upper) if found else ()
        yield [*row, *(f"{v:.1f}" for v in more), *[""] * (3 - len(more))]


def _tell(scored: ScoredAnswers) -> int:
    """Say what was found; return 1 when a row needs somebody's attention."""
    short, raised = scored.instrument.short_name, [row for row in scored.rows if row.alerts]
    say(
        f"{short}: {len(scored.rows)} forms, {len(scored.wrong)} with answers not allowed, "
        f"{len(scored.unscored)} with too few answers, {len(raised)} with an alert"
    )
    for language, words in scored.instrument.wording.items():
        of = len(scored.instrument.items)
        say(f"wording in {language}: {len(words)} of {of} items; scores do not depend on it")
    for row in scored.wrong:
        for problem in row.problems:
            say(str(problem))
    for row in scored.unscored:
        say(f"{scored.source}, line {row.line}: {'; '.join(row.notes)}")
    for row in raised:
        say(f"{scored.source}, line {row.line}: {'; '.join(row.alerts)}")
    for fact in scored.instrument.amber:
        say(f"amber: {fact.about} of {short} is {fact.confidence}. {fact.note}".rstrip())
    return 1 if scored.wrong or scored.unscored or raised else 0

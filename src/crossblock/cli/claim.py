"""`crossblock claim`: which sentences of a press report do the evidence rows support?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

import crossblock as cb
from crossblock.cli.output import json_option, print_json
from crossblock.core.errors import InputError, Problem, shorten

if TYPE_CHECKING:
    from crossblock.domain.press import Judged, PressFile

HELP = """Mark each sentence of a press report or abstract: supported, overstated or not found.

TEXT is the text itself, the path of a text file, "-" for standard input, or the name of a worked
example: news-2018-a, news-2018-b. Every answer names the evidence rows and how they were met. The
rules are fixed patterns; "not found" means that no row speaks about it, not that it is false.

\b
  crossblock claim news-2018-a
  crossblock claim "With naltrexone, ketamine had no effect on depression."
"""


@click.command("claim", help=HELP)
@click.argument("text")
@json_option
def command(text: str, as_json: bool) -> int:
    rows = cb.shipped_evidence()
    files = cb.shipped_press(rows)
    judged = cb.judge_claims(_text(text, files), files, rows)
    if as_json:
        print_json({"sentences": [_plain(j) for j in judged]})
    else:
        click.echo("\n\n".join("\n".join(lines(j)) for j in judged))
    return 1 if any(j.standing == "overstated" for j in judged) else 0


def _text(given: str, files: tuple[PressFile, ...]) -> str:
    """Return the text behind the argument: example, standard input, file, or the text itself."""
    examples = {name: text for f in files for name, text in f.examples.items()}
    if given in examples:
        return examples[given]
    if given == "-":
        return sys.stdin.read()
    if _is_file(given):
        return cb.read_text(Path(given))
    if " " not in given.strip():
        raise InputError(
            Problem(
                what="neither a text, a file nor a worked example",
                value=shorten(given),
                fix=f"quote the text, give a path, or use one of: {', '.join(examples)}",
            )
        )
    return given


def _is_file(given: str) -> bool:
    try:
        return len(given) < 4096 and Path(given).is_file()
    except (OSError, ValueError):
        return False


def lines(judged: Judged) -> list[str]:
    """Return one sentence and what was found as lines of text."""
    out = [f"{judged.standing.value.upper()}: {judged.sentence}"]
    if not judged.findings:
        out.append("  no evidence row speaks about this")
    for finding in judged.findings:
        out.append(f"  {finding.standing.value}: {finding.because}")
        out += [f"    {r.cited}: {r.endpoint}: {r.shown}" for r in finding.rows]
    return out


def _plain(judged: Judged) -> dict[str, object]:
    return {
        "sentence": judged.sentence,
        "standing": judged.standing,
        "findings": [
            {
                "topic": f.topic,
                "standing": f.standing,
                "because": f.because,
                "rows": [
                    {
                        "row": r.id,
                        "study": r.study,
                        "endpoint": r.endpoint,
                        "value": r.shown,
                        "confidence": r.confidence,
                    }
                    for r in f.rows
                ],
            }
            for f in judged.findings
        ],
    }

"""`crossblock leakcheck`: does anything that a blinded person can see tell the arm?"""

from __future__ import annotations

from typing import Any

import click

import crossblock as cb
from crossblock.cli.output import json_option, print_json, say
from crossblock.cli.progress import step

TRUTHS: dict[str, Any] = {
    "identical": ("identical",),
    "effect": ("effect",),
    "both": ("identical", "effect"),
}


@click.command("leakcheck")
@click.argument("protocol", default="williams-2018")
@click.option("--participants", default=200, type=click.IntRange(20, 10_000), show_default=True)
@click.option(
    "--truth",
    default="both",
    type=click.Choice(list(TRUTHS)),
    show_default=True,
    help="Same effect in both conditions, a blocker that works, or one study of each.",
)
@click.option("--controls", is_flag=True, help="Plant leaks as well: each must be caught.")
@click.option("--seed", default=1, type=click.IntRange(0), show_default=True)
@json_option
def command(
    protocol: str, participants: int, truth: str, controls: bool, seed: int, as_json: bool
) -> int:
    """Play virtual studies of PROTOCOL through the server and look at them as blinded roles.

    Searches every page, export, log and the database for the arm in many spellings, and lets four
    classifiers try to tell the arms apart: under identical truth none may do better than chance;
    with an effect none may learn more than the ratings say. Exit status 1: a leak, a planted leak
    that was missed, or ratings that say so much that nobody could tell.
    """
    words = f"playing {participants} virtual participants a study and reading every page"
    with step(words):
        found = cb.check_leaks(
            protocol, participants=participants, seed=seed, truths=TRUTHS[truth], controls=controls
        )
    if as_json:
        print_json({report.truth: report for report in found})
    for report in found:
        _say(report)
    return 1 if any(r.leaks or r.doubt for r in found) or _missed(found) else 0


def _say(report: Any) -> None:
    say(f"{report.truth} truth, {report.participants} participants")
    say(
        f"  {report.pages} answers read as {report.roles} blinded roles; every one of "
        f"{report.routes} kinds of address, in every encoding, for a few participants"
    )
    for name, area in report.areas.items():
        alone = report.ratings.get(name)
        beside = f"; ratings alone {alone['auc']:.3f} ± {alone['error']:.3f}" if alone else ""
        say(f"  {name}: AUC {area['auc']:.3f} ± {area['error']:.3f} on everything{beside}")
    if report.gain:
        most = max(a["auc"] for a in report.ratings.values())
        beyond = f"{report.gain[0]:+.3f} ± {report.gain[1]:.3f} (at most {report.auc_limit:.3f})"
        say(f"  the ratings alone: AUC {most:.3f}; everything beyond them: {beyond}")
    for name, control in report.controls.items():
        caught = "caught" if control["caught"] else "NOT caught"
        gain = f", {control['gain'][0]:+.3f} beyond the ratings" if control["gain"] else ""
        said = f"AUC {control['auc']:.3f} ± {control['error']:.3f}{gain}, {caught}"
        say(f"  planted, {name}: {said}")
    if report.doubt:
        say(f"  {report.doubt}")
    for leak in report.leaks:
        say(f"  leak: {leak}")
    say("  no arm found" if not report.leaks else f"  {len(report.leaks)} leaks")


def _missed(found: Any) -> bool:
    return any(not c["caught"] for report in found for c in report.controls.values())

"""`crossblock forecast REGIMEN`: what the answer means for people who take it again and again."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

import crossblock as cb
from crossblock.cli.output import json_option, output_option, print_json, say, write
from crossblock.cli.progress import step
from crossblock.core.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crossblock.forecast.forecast import Forecast
    from crossblock.forecast.person import PersonForecast
    from crossblock.forecast.policies import Comparison
    from crossblock.forecast.validation import Compared

SHOWN = (
    *("score", "response", "remission", "time-in-response", "relapsed", "days-to-relapse"),
    *("sessions", "cumulative-dose", "dissociation-first", "dissociation-last", "pressure"),
    *("suicidality", "dependence", "dependence-without-opioids", "withdrawal", "precipitated"),
)

HELP = """What the model projects for repeated use, under every mechanism still alive. Not advice.

REGIMEN is a shipped name or a file. Policies bend it; all meet the same virtual people. Without
--weight every mechanism counts alike, which is a choice and no evidence.

\b
  crossblock forecast ketamine-induction-maintenance
  crossblock forecast ketamine-on-naltrexone --days 182 -o page.html
  crossblock forecast ketamine-twice-weekly --policy weekly --policy taper -o page.html
  crossblock forecast ketamine-induction-maintenance --patient -o page.html
  crossblock forecast ketamine-on-methadone --odds methadone=2
  crossblock forecast --person history.csv --baseline 34
  crossblock forecast --check
  crossblock forecast esketamine-nasal --check -o page.html
"""


@click.command("forecast", help=HELP)
@click.argument("regimen", required=False)
@click.option("--policy", "policies", multiple=True, help="Policy by name or file; repeat it.")
@click.option("--mechanism", "mechanisms", multiple=True, help="Only these; repeat it.")
@click.option("--weight", "weights", multiple=True, help="Odds of a mechanism, as h1=0.3.")
@click.option("--odds", "odds", multiple=True, help="Agonist on board, as methadone=2 (stated).")
@click.option("--days", type=float, default=364.0, show_default=True)
@click.option("--people", type=int, default=2000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--patient", is_flag=True, help="Write the one page in plain words.")
@click.option("--person", type=str, help="CSV of one person: day, score, dose, route, duration.")
@click.option("--baseline", type=float, help="That person's score before the first session.")
@click.option("--kg", type=float, default=75.0, show_default=True, help="That person's weight.")
@click.option("--next-day", type=float, help="Day of that person's next session.")
@click.option("--check", is_flag=True, help="Predicted against observed, one line a figure.")
@output_option
@json_option
def command(
    regimen: str | None,
    policies: Sequence[str],
    mechanisms: Sequence[str],
    weights: Sequence[str],
    odds: Sequence[str],
    days: float,
    people: int,
    seed: int,
    patient: bool,
    person: str | None,
    baseline: float | None,
    kg: float,
    next_day: float | None,
    check: bool,
    output: str | None,
    as_json: bool,
) -> None:
    _refuse(bool(person), regimen, patient, output, policies)
    if check and not regimen:
        _check(as_json)
    elif person:
        _person(person, (baseline, kg, next_day, seed), output, as_json)
    elif regimen:
        ask = cb.ForecastAsk(
            regimen=regimen,
            policies=tuple(policies),
            weights=cb.forecast_pairs(weights) or None,
            odds=cb.forecast_pairs(odds),
            days=days,
            people=people,
            seed=seed,
            mechanisms=tuple(mechanisms),
        )
        _regimen(ask, patient, check, output, as_json)
    else:
        raise InputError(
            Problem(
                what="nothing to forecast",
                why="neither a regimen nor --person nor --check is given",
                fix="name a regimen file or a shipped one, such as ketamine-twice-weekly",
            )
        )


def _refuse(
    person: bool, regimen: str | None, patient: bool, output: str | None, policies: Sequence[str]
) -> None:
    """Refuse what would be passed over: two subjects at once, a page without a file."""
    if person and (regimen or policies):
        raise InputError(
            Problem(
                what="one person and a regimen at once",
                value=regimen or policies[0],
                why="a person's own sessions are in the file; a regimen is for virtual people",
                fix="leave out the regimen and its policies, or --person",
            )
        )
    if patient and not output:
        raise InputError(
            Problem(
                what="a page for a patient without a file",
                why="--patient says how the page is written, and nothing says where",
                fix="add -o page.html",
            )
        )


def _regimen(
    ask: cb.ForecastAsk, patient: bool, check: bool, output: str | None, as_json: bool
) -> None:
    with step(f"projecting {ask.regimen} over {ask.days:g} days"):
        run = cb.run_forecast(ask)
    if as_json:
        print_json(_plain(run))
    else:
        _tell(run.forecast, run.comparison)
    if output:
        said = (("crossblock", cb.__version__), ("Command", _command(ask, patient, check)))
        with step("drawing"):
            rows = cb.check_forecast() if check else ()
            story = (
                cb.patient_story(run.forecast, said)
                if patient
                else cb.forecast_story(
                    run.forecast, comparison=run.comparison, compared=rows, provenance=said
                )
            )
            write(output, cb.render(story))
        say(f"Page: {output}")


def _command(ask: cb.ForecastAsk, patient: bool, check: bool) -> str:
    """Return the command that makes the same page again."""
    words = ["crossblock", "forecast", ask.regimen]
    for option, names in (("--policy", ask.policies), ("--mechanism", ask.mechanisms)):
        words += [w for name in names for w in (option, name)]
    for option, pairs in (("--weight", ask.weights or {}), ("--odds", ask.odds or {})):
        words += [w for name, x in pairs.items() for w in (option, f"{name}={x:g}")]
    words += ["--days", f"{ask.days:g}", "--people", str(ask.people), "--seed", str(ask.seed)]
    words += ["--patient"] * patient + ["--check"] * check
    return shlex.join(words)


def _plain(run: cb.ForecastRun) -> dict[str, object]:
    found: dict[str, object] = cb.forecast_summary(run.forecast)
    if run.comparison is not None:
        found["policies"] = {
            p: cb.forecast_summary(f)["outcomes"] for p, f in run.comparison.forecasts.items()
        }
        found["value_of_knowing"] = run.comparison.knowing
    return found


def _tell(found: Forecast, comparison: Comparison | None) -> None:
    say(f"{found.regimen.title}: {found.setup.count} people, {found.setup.days:g} days")
    say(f"  {found.setup.weights_from}")
    for name in SHOWN:
        _line(name, found)
    for flag in found.flags:
        say(f"  note: {flag}")
    if comparison is not None:
        say("Policies (mean of people): time in response, dependence index, sessions")
        for p, f in comparison.forecasts.items():
            three = [f.outcomes[k].mean for k in ("time-in-response", "dependence", "sessions")]
            say(f"  {p:<28} {three[0]:8.3f} {three[1]:8.4f} {three[2]:8.1f}")
        for known in comparison.knowing:
            changes = ", ".join(known.changes) or "none"
            say(
                f"  price {known.price:g}: best without knowing {known.best}; knowing the "
                f"mechanism is worth {100 * known.gain:.2f} of 100 days (changes under: {changes})"
            )
    say("  projected under assumptions; no advice, and no probability of a use disorder")


def _line(name: str, found: Forecast) -> None:
    s = found.outcomes[name]
    if s.mean != s.mean:
        say(f"  {name:<28} not defined")
        return
    low, high = s.between_mechanisms
    say(
        f"  {name:<28} {s.mean:10.4g}   constants {s.constants[0]:.4g} to {s.constants[1]:.4g}   "
        f"mechanisms {low:.4g} to {high:.4g}"
    )


def _person(
    file: str,
    about: tuple[float | None, float, float | None, int],
    output: str | None,
    as_json: bool,
) -> None:
    baseline, kg, next_day, seed = about
    with step("reading and updating"):
        found, history = cb.run_person(
            file, baseline=baseline, weight_kg=kg, next_day=next_day, seed=seed
        )
    if as_json:
        print_json(found)
    else:
        _tell_person(found)
    if output:
        write(output, cb.render(cb.person_story(found, history)))
        say(f"Page: {output}")


def _tell_person(found: PersonForecast) -> None:
    b = found.benefit
    say(
        f"Next session (day {found.next_day:g}): {b.points:.1f} points lower over a week than "
        f"without (95 % interval {b.low:.1f} to {b.high:.1f})"
    )
    say("  " + "; ".join(f"{s} {100 * p:.0f} %" for s, p in found.stories.items()))
    for flag in found.flags:
        say(f"  {flag.id}: {flag.words}; probability of being noise {100 * flag.noise:.0f} %")
    for note in found.notes:
        say(f"  note: {note}")
    say("  a computation from these ratings, not advice")


def _check(as_json: bool) -> None:
    with step("predicting published courses"):
        rows: Sequence[Compared] = cb.check_forecast()
    if as_json:
        print_json([_compared(r) for r in rows])
        return
    for r in rows:
        verdict = {True: "inside", False: "OUTSIDE", None: "too few"}[r.inside]
        say(
            f"  {r.target.use:<9} {r.target.id:<28} observed {r.target.value:8.3g}  predicted "
            f"{r.predicted:8.3g} ({r.low:.3g} to {r.high:.3g})  {verdict}"
        )


def _compared(r: Compared) -> dict[str, object]:
    def real(x: float) -> float | None:
        return None if x != x else x

    return {
        "figure": r.target.id,
        "use": r.target.use,
        "observed": r.target.value,
        "predicted": real(r.predicted),
        "low": real(r.low),
        "high": real(r.high),
        "inside": r.inside,
        "by_explanation": {k: real(v) for k, v in r.by_loss.items()},
        "source": r.target.source.text,
    }

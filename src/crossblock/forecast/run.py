"""From names and files to forecasts: what the command line and a worker call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crossblock.core.errors import InputError, Problem
from crossblock.domain.compound import Compound
from crossblock.domain.history import History, Session
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.repeated_regimen import Regimen
from crossblock.forecast.forecast import Forecast, forecast
from crossblock.forecast.outcomes import OUTCOMES
from crossblock.forecast.person import PersonForecast, update
from crossblock.forecast.policies import Comparison, compare
from crossblock.forecast.sessions import Sessions
from crossblock.forecast.setup import EQUAL, Setup, setup
from crossblock.forecast.validation import Compared
from crossblock.forecast.validation import compare as predicted_v_observed
from crossblock.load.adaptation import adaptation
from crossblock.load.compound import compound
from crossblock.load.history import history
from crossblock.load.mechanism import mechanism, mechanism_names
from crossblock.load.repeated_regimen import bent, regimen, regimen_names
from crossblock.load.target import targets

# What stands in for the family: linked variants of a mechanism only when asked for by name.
ALIVE = ("h1", "h2", "h3a", "h3b", "h4-release", "h5")
DRUGS = ("ketamine", "esketamine", "naltrexone")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """What to forecast: a regimen by name or file, bent by policies, under which mechanisms
    (none named: those alive).

    `weights` by mechanism id (empty: equal, said to be no evidence) and `weights_from` their
    source; `odds` of agonists on board, stated by the user; `days`, `people` and `seed` of the run.
    """

    regimen: str
    policies: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    weights: Mapping[str, float] | None = None
    weights_from: str = EQUAL
    odds: Mapping[str, float] | None = None
    days: float = 364.0
    people: int = 2000
    seed: int = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """One forecast, and policies side by side when any were named."""

    forecast: Forecast
    comparison: Comparison | None


def run_forecast(ask: Ask) -> Run:
    """Return the forecast of a regimen, and of its policies.

    Raises `CatalogError` for names and files that cannot be read, `InputError` for weights, odds
    or a horizon that cannot be used.
    """
    base = _with_odds(regimen(ask.regimen), ask.odds or {})
    on = _setup(ask, base)
    policies = [bent(p, base) for p in ask.policies]
    shared = Sessions(on)
    return Run(
        forecast=forecast(base, on, shared),
        comparison=compare(policies, on, shared=shared) if policies else None,
    )


def _setup(ask: Ask, base: Regimen) -> Setup:
    rivals = [mechanism(name) for name in ask.mechanisms or ALIVE]
    weights, source = ask.weights, ask.weights_from
    if weights is not None and source == EQUAL:
        source = "the user"
    return setup(
        rivals,
        adaptation(),
        _compounds(base),
        weights=weights,
        weights_from=source,
        days=ask.days,
        count=ask.people,
        seed=ask.seed,
    )


def _compounds(base: Regimen) -> dict[str, Compound]:
    names = {"ketamine", base.drug, *(b.compound for b in base.beside)} - {"mu-agonist"}
    return {name: compound(name) for name in names}


def _with_odds(base: Regimen, odds: Mapping[str, float]) -> Regimen:
    """Return the regimen with what the user states about agonists that are on board."""
    known = [b.compound for b in base.beside]
    strangers = sorted(set(odds) - set(known))
    wrong = sorted(name for name, x in odds.items() if not 0.0 < x <= 1000.0)
    if strangers or wrong:
        raise InputError(
            Problem(
                what="odds at the receptor cannot be used",
                value=", ".join(strangers or wrong),
                why="odds belong to a compound that the regimen has on board, above 0 to 1000",
                fix=f"on board here: {', '.join(known) or 'nothing'}",
            )
        )
    beside = tuple(
        replace(b, odds=odds[b.compound], dose=None) if b.compound in odds else b
        for b in base.beside
    )
    return replace(base, beside=beside)


def run_person(
    file: str | Path,
    *,
    baseline: float | None,
    weight_kg: float = 75.0,
    next_day: float | None = None,
    seed: int = 1,
) -> tuple[PersonForecast, History]:
    """Return one person's forecast from a CSV file, and the history that was read."""
    found = _usual(history(file, baseline=baseline, weight_kg=weight_kg))
    compounds = {name: compound(name) for name in {*DRUGS, *(s.drug for s in found.sessions)}}
    told = update(
        found,
        mechanisms=_rivals(),
        adaptation=adaptation(),
        compounds=compounds,
        next_day=next_day,
        seed=seed,
    )
    return told, found


def _usual(found: History) -> History:
    """Return the history with the usual range of every dose that a shipped regimen knows."""
    ranges = {
        (r.drug, r.dose.route): (r.label, r.dose.per_kg)
        for r in map(regimen, regimen_names())
        if r.label is not None
    }

    def known(s: Session) -> Session:
        label, per_kg = ranges.get((s.drug, s.dose.route), (None, False))
        if label is None:
            return s
        factor = 1.0 if per_kg is s.dose.per_kg else found.weight_kg
        factor = 1.0 / factor if s.dose.per_kg and not per_kg else factor
        return replace(s, usual=(factor * label[0], factor * label[1]))

    return replace(found, sessions=tuple(known(s) for s in found.sessions))


def _rivals() -> list[Mechanism]:
    return [mechanism(name) for name in ALIVE]


def run_check(people: int = 4000, seed: int = 21) -> tuple[Compared, ...]:
    """Return every published figure beside what the model predicts, held-out ones included."""
    compounds = {name: compound(name) for name in DRUGS}
    return predicted_v_observed(
        mechanism("h1"), adaptation(), compounds, targets(), count=people, seed=seed
    )


def known_names() -> dict[str, tuple[str, ...]]:
    """Return the names of shipped regimens and mechanisms."""
    return {"regimens": regimen_names(), "mechanisms": mechanism_names()}


def summary(found: Forecast) -> dict[str, object]:
    """Return a forecast as plain values for machines: outcomes with the parts of their spread."""
    return {
        "regimen": found.regimen.id,
        "title": found.regimen.title,
        "days": found.setup.days,
        "people": found.setup.count,
        "seed": found.setup.seed,
        "weights": dict(found.setup.weights),
        "weights_from": found.setup.weights_from,
        "outcomes": {o.id: _row(found, o.id, o.words, o.unit) for o in OUTCOMES},
        "flags": list(found.flags),
        "assumed": list(found.assumed),
        "note": "projected under the stated assumptions; not advice, and the dependence index is "
        "relative to a control, not a probability",
    }


def _row(found: Forecast, id: str, words: str, unit: str) -> dict[str, object]:
    s = found.outcomes[id]

    def real(x: float) -> float | None:
        return None if x != x else x

    return {
        "words": words,
        "unit": unit,
        "mean": real(s.mean),
        "people_95": [real(x) for x in s.people],
        "constants_95": [real(x) for x in s.constants],
        "by_mechanism": {k: real(v) for k, v in s.mechanisms.items()},
        "by_explanation": {k: real(v) for k, v in s.losses.items()},
        "variance_shares": dict(s.parts),
    }


def names_of(weights: Sequence[str]) -> dict[str, float]:
    """Return {"h1": 0.3} of "h1=0.3"; InputError for what is no pair of a name and a number."""
    found: dict[str, float] = {}
    for text in weights:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise InputError(
                Problem(
                    what="not a pair of a name and a number",
                    value=text,
                    fix="write, for example, h1=0.3",
                )
            ) from None
    return found

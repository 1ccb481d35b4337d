"""`plan_study`: from a protocol to a ranked recommendation, every number with its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crossblock.core.errors import CatalogError, ConvergenceError, InputError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.candidate import Candidate
from crossblock.domain.compound import Compound
from crossblock.domain.fact import Confidence
from crossblock.domain.protocol import Protocol
from crossblock.domain.response import PlanningValue, Response
from crossblock.domain.trial_plan import (
    Budget,
    CurvePoint,
    InterimAdvice,
    PharmacyAdvice,
    Scored,
    Size,
    TrialPlan,
)
from crossblock.domain.truth import Truth
from crossblock.exposure.planner import blocked_condition
from crossblock.load.compound import compound
from crossblock.load.evidence import shipped
from crossblock.load.mechanism import mechanism, mechanism_names
from crossblock.load.people import truth as read_truth
from crossblock.plan import (
    assurance,
    budget,
    curves,
    designs,
    information,
    interim,
    mechanisms,
    numbers,
    pharmacy,
    precision,
    qualifying,
    questions,
    recommend,
    size,
)
from crossblock.plan.edit import edited
from crossblock.plan.virtual import YARDSTICKS, beside
from crossblock.stats.blockade import FIELLER
from crossblock.stats.power import ASSURANCE, detectable_effect

LONG = 60.0  # months beyond which a plan says what a faster pace would take
LEAST_MONEY = 60.0  # sessions, where the protocol states neither costs nor a size


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """What is wanted. `fraction` is the partial blockade to plan for (0-1), `width` the widest
    acceptable 95 % interval of it (0-1), `money` the common cost (None: the protocol's own 2 x 2),
    `enroll` people enrolled a month (None: one site's pace in the registry).

    `numbers`: "open data", "textbook", or a `Response` of one's own. `trials` virtual trials for
    each simulated point; 0 leaves them out.
    """

    fraction: float = 0.28
    power: float = 0.8
    width: float = 0.3
    money: float | None = None
    enroll: float | None = None
    endpoint: str | None = None
    numbers: str | Response = "open data"
    mechanisms: tuple[str, ...] = ()
    trials: int = 2000
    seed: int = 20261121


def plan_study(protocol: Protocol, ask: Ask | None = None) -> TrialPlan:
    """Return the plan of the next study after `protocol`.

    Raises `InputError` for a protocol without a blocked condition, a scale without planning
    numbers, no spread, or a target that no size reaches.
    """
    ask = ask or Ask()
    _check(protocol, ask)
    endpoint, instrument = _endpoint(protocol, ask.endpoint)
    evidence, people = shipped(), read_truth()
    response = _response(ask, instrument, people)
    prior = numbers.fraction_prior(evidence)
    cost = budget.prices(protocol, people, ask.enroll)
    needed = _sizes(response, cost, ask)
    compounds = {name: compound(name) for name in protocol.compound_ids}
    rivals, silent = _rivals(protocol, compounds, ask)
    money = ask.money if ask.money is not None else _own_money(protocol, cost)
    pool, too_dear = _pool(protocol, response, prior, cost, money, rivals, ask)
    ranked = recommend.ranked(pool, questions.questions(ask.fraction))
    best = ranked[0]
    look = _look(best, response, ask)
    medicine, no_advice = _pharmacy(protocol, compounds, ask)
    points, again = beside(protocol, people, endpoint, (ask.fraction, ask.trials, ask.seed))
    return TrialPlan(
        protocol_id=protocol.id,
        protocol_hash=protocol.sha256,
        title=protocol.title,
        endpoint=endpoint,
        response=response,
        target_width=ask.width,
        target_power=ask.power,
        fraction=ask.fraction,
        sizes=needed,
        scored=ranked,
        questions=questions.questions(ask.fraction),
        curves=_curves(response, people, instrument, ask, points, needed),
        detectable={n: detectable_effect(n, 1.0, df_lost=2) for n in YARDSTICKS},
        interim=look,
        pharmacy=medicine,
        truths=again,
        outcomes=recommend.outcomes(best, ask.fraction),
        values=_values(response, prior, cost),
        edited=_file(protocol, best, look, medicine, endpoint, f"{money:g} {cost.unit}"),
        mechanisms={p.id: f"{p.label}: {p.title}" for p in rivals},
        warnings=(*_warnings(best, ask), *silent, *too_dear, *no_advice),
        references=(*FIELLER.references, *ASSURANCE.references),
    )


def _look(best: Scored, response: Response, ask: Ask) -> InterimAdvice | None:
    reply = qualifying.qualified(response) if best.design.qualifying else response
    return interim.advice(best.design, reply, best.budget.completers, (0.0, ask.fraction, 1.0))


def _file(
    protocol: Protocol,
    best: Scored,
    look: InterimAdvice | None,
    medicine: PharmacyAdvice | None,
    endpoint: str,
    paid: str,
) -> str:
    return edited(
        protocol,
        best,
        interim=look,
        pharmacy=medicine,
        endpoint=endpoint,
        because=f"crossblock plan: {best.design.label} at {paid}.",
    )


def _check(protocol: Protocol, ask: Ask) -> None:
    problems = []
    condition = blocked_condition(protocol)
    if condition is None or protocol.condition(condition).cell != "blocked":
        problems.append(
            Problem(
                what="no condition gives the drug together with a blocker",
                where=protocol.id,
                why="a plan is about what blocking the receptor takes away",
                fix='add a condition with cell = "blocked", as in williams-2018',
            )
        )
    if not 0.0 < ask.fraction <= 1.0:
        problems.append(
            Problem(
                what="the fraction to plan for is a share above 0 and at most 1",
                value=f"{ask.fraction:g}",
                fix="write 0.28 for 28 %",
            )
        )
    if ask.money is not None and not ask.money > 0.0:
        problems.append(
            Problem(what="a budget is above 0", value=f"{ask.money:g}", fix="raise --budget")
        )
    if problems:
        raise InputError(*problems)


def _endpoint(protocol: Protocol, wanted: str | None) -> tuple[str, str]:
    """Return the endpoint to plan for and its instrument: the primary one unless named."""
    first = next(e for e in protocol.endpoints if e.role.value == "primary")
    chosen = protocol.endpoint(wanted) if wanted else first
    return chosen.id, chosen.instrument


def _response(ask: Ask, instrument: str, people: Truth) -> Response:
    if isinstance(ask.numbers, Response):
        return ask.numbers
    known = {"open data": lambda: numbers.from_evidence(shipped(), instrument)}
    known["textbook"] = lambda: numbers.from_truth(people, instrument)
    if ask.numbers not in known:
        raise InputError(
            Problem(
                what="no planning numbers of this name",
                value=ask.numbers,
                fix=f"use one of: {', '.join(known)}",
            )
        )
    return known[ask.numbers]()


def _own_money(protocol: Protocol, cost: budget.Prices) -> float:
    """Return what the protocol's own number of people costs in its own design."""
    counts = protocol.participants
    stated = counts.planned or counts.enrolled
    if stated is None:
        return LEAST_MONEY
    design = designs.own(protocol) or designs.candidate("2x2")
    n = max(2 * len(design.sequences), round(stated.value * budget.stay(design, cost)))
    return budget.budget(design, cost, n).total


def _scored(
    design: Candidate,
    response: Response,
    prior: numbers.FractionPrior,
    cost: budget.Prices,
    people: tuple[int, float],
    rivals: Sequence[mechanisms.Prediction],
    ask: Ask,
) -> Scored:
    """Return one candidate with (completers, share that qualifies) of `people`."""
    n, share = people
    reply = qualifying.qualified(response) if design.qualifying else response
    a, V = designs.effects(design, reply, ask.fraction, n)
    return Scored(
        design=design,
        budget=budget.budget(design, cost, n, share),
        power={f: assurance.power(design, reply, f, n) for f in (ask.fraction, 1.0)},
        precision=precision.precision(a, V, designs.degrees(design, n)),
        assurance=assurance.assurance(design, reply, prior, n),
        told=questions.told(design, reply, ask.fraction, n),
        information=information.information(design, reply, rivals, n) if rivals else None,
        settles=_settles(design, reply, cost, share, ask.fraction),
    )


def _settles(
    design: Candidate, response: Response, cost: budget.Prices, share: float, fraction: float
) -> Budget | None:
    try:
        n = size.to_settle(design, response, fraction)
    except ConvergenceError:
        return None
    return budget.budget(design, cost, n, share)


def _sizes(response: Response, cost: budget.Prices, ask: Ask) -> tuple[Size, ...]:
    asked = {"fraction": ask.fraction, "power": ask.power, "width": ask.width}
    chosen = ("2x2", "williams-3", "williams-4")
    return tuple(
        s for d in chosen for s in size.sizes(designs.candidate(d), response, cost, **asked)
    )


def _pharmacy(
    protocol: Protocol, compounds: dict[str, Compound], ask: Ask
) -> tuple[PharmacyAdvice | None, tuple[str, ...]]:
    try:
        found = pharmacy.advice(protocol, compounds, Stream(ask.seed, "plan: between persons"))
    except CatalogError as error:
        return None, (f"No dose, lead time or washout is advised: {error.problems[0].what}.",)
    return found, ()


def _rivals(
    protocol: Protocol, compounds: dict[str, Compound], ask: Ask
) -> tuple[tuple[mechanisms.Prediction, ...], tuple[str, ...]]:
    """Return the rivals' predictions, none with the reason where they cannot explain the drug."""
    named = [mechanism(m) for m in ask.mechanisms or mechanism_names()]
    try:
        return mechanisms.predictions(protocol, compounds, named), ()
    except CatalogError as error:
        why = error.problems[0].what
        return (), (f"No information about the mechanism is computed: {why}.",)


def _pool(
    protocol: Protocol,
    response: Response,
    prior: numbers.FractionPrior,
    cost: budget.Prices,
    money: float,
    rivals: Sequence[mechanisms.Prediction],
    ask: Ask,
) -> tuple[list[Scored], tuple[str, ...]]:
    """Return the candidates that the money pays for, and a sentence for those it does not."""
    pool, dear, last = [], [], None
    own = designs.own(protocol)
    for design in (*designs.candidates(), *((own,) if own else ())):
        share = qualifying.share(response) if design.qualifying else 1.0
        try:
            n = budget.affordable(design, cost, money, share)
        except InputError as error:
            dear.append(design.label)
            last = error
            continue
        pool.append(_scored(design, response, prior, cost, (n, share), rivals, ask))
    if not pool and last is not None:
        raise last
    return pool, tuple(f"The budget does not pay for: {label}." for label in dear)


def _curves(
    response: Response,
    people: Truth,
    instrument: str,
    ask: Ask,
    points: tuple[CurvePoint, ...],
    needed: tuple[Size, ...],
) -> dict[str, tuple[CurvePoint, ...]]:
    """Return curves of the plan's own numbers, and of the textbook model with its points."""
    two = designs.candidate("2x2")
    most = max((s.completers or 0 for s in needed if s.design == two.id), default=0)
    sizes = [*curves.SIZES, *(n for n in curves.BEYOND if n < 1.25 * most)]
    found = {response.title: curves.curve(two, response, ask.fraction, sizes)}
    if instrument in numbers.known_scales():
        textbook = numbers.from_truth(people, instrument)
        found[textbook.title] = curves.curve(two, textbook, ask.fraction, sizes, points)
    return found


def _values(
    response: Response, prior: numbers.FractionPrior, cost: budget.Prices
) -> tuple[PlanningValue, ...]:
    glx = PlanningValue(
        name="noise of Glx in one session, in surges",
        value=information.GLX_SD,
        unit="surges",
        source="this project: F = 4.83 with 26 people, had the whole surge been removed",
        confidence=Confidence.ASSUMED,
    )
    return (*response.values, *prior.values, *cost.values, glx)


def _warnings(best: Scored, ask: Ask) -> tuple[str, ...]:
    said = []
    power = best.power[ask.fraction]
    if power < ask.power:
        said.append(
            f"At this cost even the advised design has a power of {100 * power:.0f} % for "
            f"{100 * ask.fraction:.0f} % blocked; the sizes say what {100 * ask.power:.0f} % takes."
        )
    if best.precision is not None and best.precision.median_width > ask.width:
        said.append(
            "At this cost the usual interval of the fraction is wider than wanted: "
            f"{100 * best.precision.median_width:.0f} against {100 * ask.width:.0f} points."
        )
    b = best.budget
    if b.months > LONG:
        faster = b.months * b.per_month / (LONG / 2)
        said.append(
            f"At {b.per_month:g} people enrolled a month this takes {b.months:.0f} months; about "
            f"{faster:.0f} a month, over several sites, would take {LONG / 2:.0f}."
        )
    return tuple(said)

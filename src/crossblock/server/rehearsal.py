"""A virtual study through the real server: people come, are rated, drop out, in one order of time.

Each participant's life is a generator that does one visit and yields when the next one is; the
player wakes whoever is next. It knows slots and kits and no arm: what raters write down comes from
outside (`Raters`), so the same play serves a demonstration, a proof and the leak test.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from crossblock.domain.visit import Visit
from crossblock.server import clock, study
from crossblock.server.accounts.models import Person
from crossblock.server.accounts.people import actor_of, ask, give, invite
from crossblock.server.pages.ways import is_measured_again
from crossblock.server.record.models import Entry, Participant, Query, Step
from crossblock.server.roles import EVERY_SITE, Role, Thing
from crossblock.server.stage import Stage, address
from crossblock.server.trial import kits
from crossblock.server.trial.models import Alert, Allocation, CodeBreak
from crossblock.server.trial.schedule import Place, places

Answers = Mapping[str, float | str]
PASSWORD = "crossblock demonstration"
SITE_ROLES = tuple(r for r in Role if r not in EVERY_SITE and r is not Role.PARTICIPANT)
NAMES = {
    Role.COORDINATOR: "Dana Whitfield",
    Role.SESSION_RATER: "Kofi Mensah",
    Role.OUTCOME_RATER: "Ines Moreau",
    Role.PHARMACIST: "Ravi Menon",
    Role.INVESTIGATOR: "Lena Sandberg",
    Role.MONITOR: "Jonas Pohl",
    Role.STATISTICIAN: "Mei Tanaka",
}
SPONSORS = ("Amara Cole", "Viktor Hale")
CONSENT: Answers = {
    "document": "2.0",
    "signed": "yes",
    "copy": "yes",
    "risks": "yes",
    "pool": "yes",
}
GATE: Answers = {
    "agonist": "no", "last": "never", "urine": "negative", "alt": 0.8, "ast": 0.9,
    "pregnancy": "not indicated",
}  # fmt: skip
WELL: Mapping[str, Answers] = {
    "session-vitals": {
        "minutes": 160.0, "systolic": 124.0, "diastolic": 78.0, "heart_rate": 72.0,
        "oxygen": 98.0, "breathing": 14.0, "alertness": 5.0,
    }
}  # fmt: skip
"""What is measured before somebody goes home, where the lowest answers would not be well."""
_MILD = {"severity": 1.0, "serious": 0.0, "related": 2.0, "nausea": 0.0, "action": 0.0,
         "outcome": 0.0}  # fmt: skip
EVENTS: tuple[Answers, ...] = (
    {"term": "nausea in the evening", **_MILD, "nausea": 1.0},
    {"term": "headache", **_MILD},
    {"term": "admitted overnight after a fall at home", **_MILD, "severity": 3.0, "serious": 1.0},
    {"term": "slept badly", **_MILD},
)
MORNING = timedelta(hours=9)
DAY = timedelta(days=1)
UNREAD = 7 * DAY
LEAVES_WITH = "moved to another town"
FILLER = {
    Thing.OUTCOME_FORMS: Role.OUTCOME_RATER,
    Thing.SESSION_FORMS: Role.SESSION_RATER,
    Thing.EVENTS: Role.SESSION_RATER,
    Thing.SELF_FORMS: Role.COORDINATOR,
    Thing.SCREENER: Role.OUTCOME_RATER,
}


class Raters(Protocol):
    """Whoever rates: answers for a form, or None for a visit that was missed."""

    def answers(self, slot: int, place: Place) -> Answers | None:
        """Return what is written down for the person of a slot."""

    def leaves(self, index: int) -> str:
        """Return "", "screening" or "washout": where somebody's way ends early."""


@dataclass(kw_only=True)
class Play:
    """One run: the stage, the raters, and what happened."""

    stage: Stage
    raters: Raters
    begin: datetime
    until: datetime
    pace: timedelta = 3 * DAY
    codes: list[str] = field(default_factory=list)
    correct: int = 2
    """The participant (by order) whose first rating is corrected."""
    broken: int = -1
    """The participant whose code is broken in period 1; -1 for none."""
    accounts: int = 0
    """Every so many participants fill their own forms, in an account of their own; 0 for nobody,
    and the coordinator types what they say."""
    looks: int = 0
    """How many have completed when `look` is taken; 0 for no look."""
    look: Callable[[], None] = lambda: None
    """What the unblinded statistician does at the look."""
    told: Callable[[int, int], None] = lambda done, whole: None
    """Told how many of the days have passed."""


def cast() -> None:
    """Give a virtual study one person per role and site, approved by two sponsors."""
    sponsors = [
        invite(None, address(Role.SPONSOR, str(n) if n > 1 else ""), name, PASSWORD)
        for n, name in enumerate(SPONSORS, 1)
    ]
    for person in sponsors:
        give(None, ask(None, person, Role.SPONSOR, "", "start"))
    first, second = (actor_of(p) for p in sponsors)
    sites = study.current().conduct.sites
    for site in sites:
        for role in SITE_ROLES:
            name = NAMES[role] + (f", {site.label}" if len(sites) > 1 else "")
            person = invite(first, address(role, site.id), name, PASSWORD)
            give(second, ask(first, person, role, site.id, "start"))
    for role in (Role.MONITOR, Role.STATISTICIAN):
        person = invite(first, address(role), NAMES[role], PASSWORD)
        give(second, ask(first, person, role, "", "start"))


def play(run: Play, people: int) -> None:
    """Play `people` participants in the order of time until `run.until`."""
    sites = [s.id for s in study.current().conduct.sites]
    waiting = [
        (run.begin + MORNING + i * run.pace, i, _life(run, i, sites[i % len(sites)]))
        for i in range(people)
    ]
    heapq.heapify(waiting)
    with clock.pretending(run.begin):
        _deliver(run, sites[0])
    while waiting:
        moment, index, life = heapq.heappop(waiting)
        if moment > run.until:
            continue
        run.told((moment - run.begin).days, (run.until - run.begin).days)
        with clock.pretending(moment):
            then = next(life, None)
            if then is None and run.looks and _completed() == run.looks:
                run.looks = 0
                run.look()
        if then is not None:
            heapq.heappush(waiting, (max(then, moment), index, life))


def _deliver(run: Play, site: str) -> None:
    """Let the pharmacist receive every kit of the list."""
    every = sorted(kits.listed())
    for k in range(0, len(every), kits.AT_ONCE):
        box = {"kit": "\n".join(every[k : k + kits.AT_ONCE]), "what": "received", "note": "box"}
        run.stage.post(Role.PHARMACIST, site, "/stock/", box)


def _completed() -> int:
    return Step.objects.filter(name="completed").count()


def _life(run: Play, index: int, site: str) -> Iterator[datetime]:
    """One participant's way through the study."""
    stage, protocol = run.stage, study.current().protocol
    me = (Role.COORDINATOR, site)
    where = stage.post(*me, "/participants/", {"site": site, "key": f"{run.begin}-{index}"})
    code = where.strip("/").split("/")[-1]
    run.codes.append(code)
    stage.fill(*me, f"/p/{code}/screening/", screening(), clock.now())
    if run.raters.leaves(index) == "screening":
        stage.post(*me, f"/p/{code}/leave/", {"reason": "not interested any more"})
        return
    stage.fill(*me, f"/p/{code}/consent/", CONSENT, clock.now())
    if run.accounts and index % run.accounts == 0:
        stage.account(*me, code)
    yield clock.now() + DAY
    begun: dict[int, datetime] = {}
    for period in range(1, protocol.periods + 1):
        stage.fill(*me, f"/p/{code}/gate/{period}/", GATE, clock.now())
        if period == 1:
            stage.post(*me, f"/p/{code}/randomize/", {})
        begun[period] = clock.now() + DAY
        yield from _period(run, index, site, code, period, begun[period])
        if run.raters.leaves(index) == "washout" and period < protocol.periods:
            stage.post(*me, f"/p/{code}/leave/", {"reason": LEAVES_WITH})
            return
        if period < protocol.periods:
            washout = protocol.design.washout
            hours = washout.value.value if washout else 0.0
            yield begun[period] + timedelta(hours=hours) - DAY + timedelta(hours=1)
    stage.post(*me, f"/p/{code}/leave/", {})


def _period(
    run: Play, index: int, site: str, code: str, period: int, begun: datetime
) -> Iterator[datetime]:
    """Baseline, kit, start, session, discharge, outcome visits, end."""
    stage, protocol = run.stage, study.current().protocol
    me = (Role.COORDINATOR, site)
    visits = [v for v in protocol.visits if v.takes_place(period)]
    visits.sort(key=lambda v: protocol.visit_h(v.id))
    for visit in (v for v in visits if v.kind == "baseline"):
        _visit(run, index, site, code, period, visit)
    yield begun
    _kit(run, site, code, period)
    zone = study.current().conduct.site(site).zone
    local = clock.local(begun, zone)
    stage.post(*me, f"/p/{code}/start/{period}/", {"occurred": local})
    for visit in (v for v in visits if v.kind == "session"):
        yield begun + timedelta(hours=protocol.visit_h(visit.id))
        _visit(run, index, site, code, period, visit)
    yield clock.now() + timedelta(hours=2)
    _note_event(run, index, site, code, period)
    if _measure_again(run, site, code, period):
        stage.post(*me, f"/p/{code}/discharge/{period}/", {})
    else:
        sent = {"override": "seen and well; the ratings of the session were missed"}
        stage.post(Role.INVESTIGATOR, site, f"/p/{code}/discharge/{period}/", sent)
    if run.broken == index and period == 1:
        _break(run, site, code)
    for visit in (v for v in visits if v.kind == "outcome"):
        yield begun + timedelta(hours=protocol.visit_h(visit.id))
        _visit(run, index, site, code, period, visit)
    yield clock.now() + timedelta(hours=1)
    stage.post(*me, f"/p/{code}/finish/{period}/", {})


def _measure_again(run: Play, site: str, code: str, period: int) -> bool:
    """Measure once more what the limits before discharge go by; False where a rating was missed.

    A missed rating is not made up for here: what is measured first counts as the scheduled one.
    """
    now = study.current()
    mine = [p for p in places(now.protocol, now.conduct) if p.period == period]
    again = [p for p in mine if is_measured_again(p)]
    rows = Entry.objects.filter(participant__code=code, period=period)
    there = set(rows.values_list("form", "visit"))
    for place in (p for p in again if (p.form, p.visit) in there):
        found = now.instrument(place.form)
        calm = WELL.get(place.form) or {i.id: i.minimum for i in found.scored_items}
        path = f"/p/{code}/{place.path}2/"
        run.stage.fill(FILLER[place.thing], site, path, calm, clock.now())
    return all((p.form, p.visit) in there for p in again)


def _note_event(run: Play, index: int, site: str, code: str, period: int) -> None:
    """Note what somebody felt in the first session; of whom, only their order decides."""
    form = study.current().conduct.forms.event
    if form and period == 1 and index % 3 == 1:
        answers = EVENTS[index // 3 % len(EVENTS)]
        path = f"/p/{code}/{period}/unscheduled/{form}/"
        where = run.stage.fill(Role.SESSION_RATER, site, path, answers, clock.now())
        _follow(run, site, Role.SESSION_RATER, where)


def _kit(run: Play, site: str, code: str, period: int) -> None:
    """Let the pharmacist hand out the kit that is due."""
    me, path = (Role.PHARMACIST, site), f"/p/{code}/kit/{period}/"
    run.stage.post(*me, path, {"kit": run.stage.kit(*me, path)})


def _visit(run: Play, index: int, site: str, code: str, period: int, visit: Visit) -> None:
    """Fill every form of a visit, each by its own person."""
    now = study.current()
    given = Allocation.objects.select_related("slot").get(participant__code=code)
    person, slot = given.participant, given.slot.number
    for place in places(now.protocol, now.conduct):
        if (place.visit, place.period) != (visit.id, period):
            continue
        role = Role(place.rater) if place.rater else FILLER[place.thing]
        own = bool(run.accounts) and index % run.accounts == 0
        if own and place.thing is Thing.SELF_FORMS:
            role = Role.PARTICIPANT
        if role is Role.PARTICIPANT and not own:
            continue  # without an account they guess on paper, which stays with the site
        if place.thing is Thing.OUTCOME_FORMS and CodeBreak.objects.filter(participant=person):
            continue  # switched off by the code break; nobody takes over in this play
        answers = run.raters.answers(slot, place)
        if answers is None:
            continue
        path = f"/p/{code}/{place.path}"
        where = run.stage.fill(role, site, path, answers, clock.now())
        _follow(run, site, role, where)
        if index == run.correct and place.thing is Thing.OUTCOME_FORMS and period == 1:
            run.correct = -1
            why = "two answers were swapped on paper; put right"
            run.stage.fill(role, site, path, answers, clock.now(), why)
    _read(run, site, person)


def _read(run: Play, site: str, person: Participant) -> None:
    """Let the investigator judge what a visit raised; the last week's is still to be read."""
    if clock.now() > run.until - UNREAD:
        return
    for alert in Alert.objects.filter(participant=person, note__isnull=True):
        path = f"/p/{person.code}/alert/{alert.pk}/"
        told = {"text": "Screener read with the participant: no plan, no intent. Seen again."}
        run.stage.post(Role.INVESTIGATOR, site, path, told)


def _follow(run: Play, site: str, role: Role, where: str) -> None:
    """Do what saving led to: answer the screener, write the action note."""
    for _ in range(6):
        if "?why=screen" in where:
            calm = {f"item{i}": 0.0 for i in (1, 2, 6)}
            where = run.stage.fill(role, site, where.split("?")[0], calm, clock.now())
        elif re.search(r"/alert/\d+/$", where):
            code = where.split("/")[2]
            told = {"text": "Investigator told, seen at once, safe."}
            where = run.stage.post(role, site, where, told)
            left = Alert.objects.filter(participant__code=code, note__isnull=True, action="block")
            following = left.first()
            if following is not None:
                where = f"/p/{code}/alert/{following.pk}/"
        else:
            return


def _break(run: Play, site: str, code: str) -> None:
    sent = {
        "kind": "emergency",
        "reason": "severe rash after the capsule; treatment depends on what was given",
        "password": PASSWORD,
    }
    run.stage.post(Role.INVESTIGATOR, site, f"/p/{code}/break/", sent)


def quiet(stage: Stage) -> None:
    """Note every alert and close every query that is left, so that the study can lock."""
    for alert in Alert.objects.filter(note__isnull=True).select_related("participant"):
        person: Participant = alert.participant
        path = f"/p/{person.code}/alert/{alert.pk}/"
        stage.post(Role.INVESTIGATOR, person.site, path, {"text": "Read and judged: no action."})
    for query in Query.objects.exclude(notes__closes=True):
        sent = {"text": "left out at the visit; stays missing", "closes": "yes"}
        stage.post(Role.MONITOR, "", f"/queries/{query.pk}/", sent)


def own_address(code: str) -> str:
    """Return the e-mail address of a virtual participant."""
    return address(Role.PARTICIPANT, code.lower())


def participant_account(code: str, password: str | None, email: str = "") -> Person:
    """Give one participant an account of their own, as the two sponsors of the cast."""
    first, second = (actor_of(p) for p in Person.objects.order_by("pk")[:2])
    site = Participant.objects.get(code=code).site
    person = invite(first, email or own_address(code), f"Participant {code}", password, code)
    give(second, ask(first, person, Role.PARTICIPANT, site, "own questionnaires"))
    return person


def accounts() -> list[str]:
    """Return who can sign in to a virtual study."""
    return [f"{p.email:34} {p.name}" for p in Person.objects.order_by("pk")]


def screening() -> Answers:
    """Return the answers of somebody who may take part, whatever the protocol asks."""
    who = study.current().protocol.population.registered
    failed = who.failed_treatments.value if who.failed_treatments else 0
    low = who.age_min.value if who.age_min else 18
    found: dict[str, float | str] = {
        "age": float(low + 15), "diagnosis": "yes", "basis": "structured",
        "failed": float(failed + 1), "failed-basis": "records",
        "severity": "yes", "medication": "yes", "antagonist": "no",
    }  # fmt: skip
    found |= {f"include{i}": "yes" for i in range(1, len(who.inclusion) + 1)}
    found |= {f"exclude{i}": "no" for i in range(1, len(who.exclusion) + 1)}
    for factor in study.current().protocol.randomization.strata:
        found[f"stratum-{factor.id}"] = factor.levels[0]
    return found


def long_ago(days: int) -> datetime:
    """Return midnight UTC so many days ago."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days)

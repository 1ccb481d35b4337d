"""The people of a test study, and short ways through it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from crossblock.server import study
from crossblock.server.accounts.models import Person
from crossblock.server.accounts.people import actor_of, ask, give, invite
from crossblock.server.record.entries import Submission
from crossblock.server.record.models import Participant
from crossblock.server.roles import EVERY_SITE, Actor, Role
from crossblock.server.trial import allocation, kits, procedures, rating
from crossblock.server.trial.schedule import Place, places
from tests.server.postgres import Cluster

PASSWORD = "correct horse battery staple"
SITE_ROLES = [r for r in Role if r not in EVERY_SITE and r is not Role.PARTICIPANT]
keys = count()

SCREENING = {"age": 40.0, "diagnosis": "yes", "basis": "structured", "failed": 3.0,
             "failed-basis": "records", "medication": "yes", "antagonist": "no"}  # fmt: skip
CONSENT = {"document": "2.0", "signed": "yes", "copy": "yes", "risks": "yes", "pool": "yes"}
GATE = {"agonist": "no", "last": "never", "urine": "negative", "alt": 0.8, "ast": 0.9,
        "pregnancy": "not indicated"}  # fmt: skip
HAMD17 = {f"item{i}": 1.0 for i in range(1, 18)} | {"item3": 0.0}
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def email(role: str, site: str = "a") -> str:
    return f"{role.replace(' ', '-')}-{site}@example.org"


def settle() -> None:
    """Give the template study one person per role and site, and two sponsors."""
    sponsors = []
    for n in (1, 2):
        person = invite(None, f"sponsor-{n}@example.org", f"Sponsor {n}", PASSWORD)
        give(None, ask(None, person, Role.SPONSOR, "", "start"))
        sponsors.append(person)
    first, second = (actor_of(p) for p in sponsors)
    for site in ("a", "b"):
        for role in SITE_ROLES:
            _one(first, second, role, site, f"{role} {site}".title())
    for role in (Role.MONITOR, Role.STATISTICIAN):
        _one(first, second, role, "", str(role).title())


def _one(first: Actor, second: Actor, role: Role, site: str, name: str) -> None:
    person = invite(first, email(role, site or "all"), name, PASSWORD)
    give(second, ask(first, person, role, site, "start"))


def sent(occurred: datetime | None = None, base: int = 0, reason: str = "") -> Submission:
    moment = occurred or datetime.now(UTC) - timedelta(minutes=1)
    return Submission(base=base, key=f"key-{next(keys)}", occurred=moment, reason=reason)


@dataclass(kw_only=True)
class World:
    """A study of one's own."""

    folder: Path
    address: str
    cluster: Cluster | None = None
    cache: dict[str, Actor] = field(default_factory=dict)

    def actor(self, role: Role | str, site: str = "a") -> Actor:
        """Return the person of a role."""
        name = email(str(role), "all" if Role(role) in EVERY_SITE else site)
        if Role(role) is Role.SPONSOR:
            name = "sponsor-1@example.org"
        return actor_of(Person.objects.get(email=name))

    def person(self, role: Role | str, site: str = "a") -> Any:
        return Person.objects.get(pk=self.actor(role, site).person_id)

    @property
    def protocol(self) -> Any:
        return study.current().protocol

    def place(self, form: str, visit: str, period: int, rater: str = "") -> Place:
        every = places(self.protocol, study.current().conduct)
        return next(
            p for p in every if (p.form, p.visit, p.period, p.rater) == (form, visit, period, rater)
        )

    def consented(self, site: str = "a", ago: timedelta = DAY) -> Participant:
        coordinator = self.actor(Role.COORDINATOR, site)
        person = procedures.enroll(coordinator, site, f"enroll-{next(keys)}")
        then = sent(datetime.now(UTC) - ago)
        procedures.take(coordinator, person, "screening", 0, SCREENING, then)
        procedures.take(coordinator, person, "consent", 0, CONSENT, then)
        return person

    def gated(self, site: str = "a", ago: timedelta = HOUR) -> Participant:
        """`ago`: when the gate was passed; consent was a day before."""
        person = self.consented(site, ago + DAY)
        then = sent(datetime.now(UTC) - ago)
        procedures.take(self.actor(Role.COORDINATOR, site), person, "gate", 1, GATE, then)
        return person

    def randomized(self, site: str = "a") -> Participant:
        person = self.gated(site)
        allocation.randomize(self.actor(Role.COORDINATOR, site), person)
        self.receive(person)
        return person

    def receive(self, person: Participant) -> None:
        """Let the pharmacist receive the kits of somebody's slot, spares too."""
        slot = person.allocation.slot
        every = " ".join([*json.loads(slot.kits), *json.loads(slot.spares)])
        kits.move(self.actor(Role.PHARMACIST, person.site), every, "received", "box")

    def started(self, site: str = "a", ago: timedelta = DAY * 2) -> Participant:
        """`ago`: when period 1 began, an hour after its gate."""
        begun = datetime.now(UTC) - ago
        coordinator = self.actor(Role.COORDINATOR, site)
        person = self.gated(site, ago + HOUR)
        allocation.randomize(coordinator, person)
        self.receive(person)
        kits.dispense(coordinator, person, 1, kits.kit_of(person, 1), begun)
        procedures.start(coordinator, person, 1, begun)
        return person

    def rate(
        self, person: Participant, visit: str = "d1", answers: Any = None, **more: Any
    ) -> rating.Saved:
        rater = self.actor(Role.OUTCOME_RATER, person.site)
        place = self.place("hamd17", visit, 1)
        return rating.save(
            rater, person, place, answers or HAMD17, more.pop("sent", sent()), **more
        )

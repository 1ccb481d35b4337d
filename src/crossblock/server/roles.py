"""Who may see and do what: one table, read by every page, every write and the leak test.

A thing is a kind of information or an act. "r" sees it, "w" writes it (and sees it). What a role
has no letter for does not exist for it: the page is not found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from crossblock.core.errors import CrossblockError, Problem


class Role(StrEnum):
    """What somebody is in this study."""

    COORDINATOR = "coordinator"
    SESSION_RATER = "session rater"
    OUTCOME_RATER = "outcome rater"
    PHARMACIST = "pharmacist"
    INVESTIGATOR = "investigator"
    MONITOR = "monitor"
    STATISTICIAN = "statistician"
    SPONSOR = "sponsor"
    PARTICIPANT = "participant"


class Thing(StrEnum):
    """A kind of information, or an act."""

    PARTICIPANTS = "participants and their steps"
    ELIGIBILITY = "screening and consent"
    GATE = "gate before the blocker"
    RANDOMIZE = "randomization"
    KITS = "kits handed out"
    STOCK = "kit stock"
    DOSING = "start and end of a period"
    SESSION_FORMS = "ratings during sessions"
    OUTCOME_FORMS = "outcome ratings"
    SELF_FORMS = "the participant's own questionnaires"
    SCREENER = "suicide screener"
    EVENTS = "adverse events and vital signs"
    GUESS = "own guess of the condition"
    ALERTS = "alerts of own ratings"
    SAFETY = "safety board"
    HARM = "harm count against its limit"
    CODE_BREAK = "code break"
    UNBLINDING = "register of unblindings"
    QUERIES = "queries"
    ASK = "asking and closing queries"
    SIGN = "signing"
    SCHEDULE = "schedule"
    COMPLETENESS = "completeness"
    FLOW = "flow of participants"
    DEVIATIONS = "deviations"
    FREE_TEXT = "free text that may unblind"
    AUDIT = "audit trail"
    LOCK = "locking"
    RECONCILE = "clearing up a rollback"
    PEOPLE = "people and roles"
    AMEND = "amendments"
    SEALED = "sealed results"
    JOBS = "jobs"


C, S, O, P, I, M, T, A, X = Role  # noqa: E741

TABLE: dict[Thing, dict[Role, str]] = {
    Thing.PARTICIPANTS: {C: "w", S: "r", O: "r", P: "r", I: "w", M: "r"},
    Thing.ELIGIBILITY: {C: "w", I: "w", M: "r"},
    Thing.GATE: {C: "w", I: "w", M: "r"},
    Thing.RANDOMIZE: {C: "w", I: "w"},
    Thing.KITS: {C: "w", P: "w", I: "r", M: "r"},
    Thing.STOCK: {P: "w"},
    Thing.DOSING: {C: "w", S: "w", I: "w", M: "r"},
    Thing.SESSION_FORMS: {S: "w", I: "r", M: "r"},
    Thing.OUTCOME_FORMS: {O: "w", M: "r"},
    Thing.SELF_FORMS: {X: "w", C: "w", M: "r"},
    Thing.SCREENER: {C: "w", S: "w", O: "w", I: "w", M: "r"},
    Thing.EVENTS: {C: "w", S: "w", I: "w", M: "r"},
    Thing.GUESS: {S: "w", O: "w", X: "w"},
    Thing.ALERTS: {S: "w", O: "w", C: "w", I: "w"},
    Thing.SAFETY: {I: "w", M: "r"},
    Thing.HARM: {I: "r", M: "r", T: "r"},
    Thing.CODE_BREAK: {I: "w"},
    Thing.UNBLINDING: {I: "r", M: "r", T: "r", A: "r"},
    Thing.QUERIES: {C: "w", S: "w", O: "w", I: "w", M: "w"},
    Thing.ASK: {M: "w"},
    Thing.SIGN: {I: "w"},
    Thing.SCHEDULE: dict.fromkeys(Role, "r"),
    Thing.COMPLETENESS: {C: "r", I: "r", M: "r", A: "r"},
    Thing.FLOW: {C: "r", I: "r", M: "r", A: "r"},
    Thing.DEVIATIONS: {C: "w", I: "w", M: "w", A: "r"},
    Thing.FREE_TEXT: {M: "r"},
    Thing.AUDIT: {M: "w"},
    Thing.LOCK: {M: "w"},
    Thing.RECONCILE: {M: "w", I: "w", A: "w"},
    Thing.PEOPLE: {A: "w", M: "r"},
    Thing.AMEND: {A: "w", I: "w"},
    Thing.SEALED: {T: "w", A: "r", M: "r"},
    Thing.JOBS: {M: "w", T: "w"},
}

EVERY_SITE = frozenset({M, T, A})
BLINDED = frozenset(Role) - {P, T}
"""Who must not learn an arm. Pharmacist and statistician hold keys, outside this server."""
TOGETHER = frozenset({frozenset({C, S}), frozenset({C, I}), frozenset({S, I})})
"""Pairs of roles that one person may hold; every other pair is refused at the grant."""


def reference(person_id: int) -> str:
    """Return what the record calls a person: no name and no address, which can be erased."""
    return f"person-{person_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Somebody acting now: who, and in which roles at which sites ("" is every site)."""

    person_id: int
    name: str
    email: str
    grants: frozenset[tuple[Role, str]] = field(default_factory=frozenset)
    participant_code: str = ""
    """Whose own account this is."""

    @property
    def ref(self) -> str:
        """What the record calls this person; who that is, only the account says."""
        return reference(self.person_id)

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(role for role, _ in self.grants)

    def sites(self, letters: str, thing: Thing) -> frozenset[str]:
        """Return the sites where this person has one of the letters for a thing; "" is all."""
        return frozenset(s for r, s in self.grants if TABLE[thing].get(r, "-") in letters)

    def may(self, verb: str, thing: Thing, site: str | None = None) -> bool:
        """Tell whether this person sees ("r") or writes ("w") a thing, at a site or anywhere."""
        sites = self.sites("w" if verb == "w" else "rw", thing)
        return bool(sites) if site is None else bool(sites & {"", site})


class RefusedError(CrossblockError):
    """Somebody may not do this, or not now."""


def require(actor: Actor, verb: str, thing: Thing, site: str | None = None) -> None:
    """Raise `RefusedError` unless `actor` may see or write a thing (at a site)."""
    if not actor.may(verb, thing, site):
        raise RefusedError(
            Problem(
                what=f"{actor.name} may not {'write' if verb == 'w' else 'see'} this",
                where=str(thing),
                why=f"roles here: {', '.join(sorted(actor.roles)) or 'none'}",
            )
        )


def conflicts(roles: Iterable[Role]) -> list[tuple[Role, Role]]:
    """Return the pairs of roles that one person must not hold together."""
    pairs = combinations(sorted(set(roles)), 2)
    return [(a, b) for a, b in pairs if frozenset({a, b}) not in TOGETHER]

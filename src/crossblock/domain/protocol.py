"""The protocol: everything fixed before the first participant, with its hash.

The same file drives planning, virtual trials, the server's forms and schedule, the analysis and the
report. Reading it from TOML and checking it against the catalogs is `load.protocol`'s work; what
contradicts itself is found by `domain.consistency`.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Any, Literal, TypeVar

from pydantic import Field

from crossblock.core.errors import Problem, ProtocolError, shorten
from crossblock.domain.administration import Administration
from crossblock.domain.blinding import Blinding
from crossblock.domain.comparator import Comparator
from crossblock.domain.condition import Condition
from crossblock.domain.costs import Costs
from crossblock.domain.design import Design, Sequence
from crossblock.domain.endpoint import Endpoint
from crossblock.domain.estimand import Estimand
from crossblock.domain.interim import Interim
from crossblock.domain.model import Id, Label, Many, Model, Some, Text
from crossblock.domain.participants import Participants
from crossblock.domain.plan import AnalysisPlan
from crossblock.domain.population import Eligibility, Population
from crossblock.domain.scheme import Scheme
from crossblock.domain.source import Assumption, Claim, Disagreement, Source, claims, words
from crossblock.domain.visit import Visit

FORMAT = "crossblock/protocol/1"
Named = TypeVar("Named", Administration, Condition, Sequence, Visit, Endpoint, Estimand)


class Protocol(Model):
    """One study, as planned or as published."""

    format: Literal["crossblock/protocol/1"] = Field(alias="schema")
    """Which version of this format the file is written in."""
    id: Id
    title: Text
    question: Text
    """In plain words: what is asked, so that somebody outside the field understands it."""
    registry: Label | None = None
    """Registry number, for example NCT00088699."""
    time_zero: Label
    """What the clock of each period counts from, in words: naltrexone intake."""
    population: Population
    participants: Participants
    administrations: Some[Administration]
    conditions: Some[Condition]
    design: Design
    visits: Some[Visit]
    endpoints: Some[Endpoint]
    randomization: Scheme
    blinding: Blinding
    comparator: Comparator
    interim: Interim | None = None
    estimands: Some[Estimand]
    analysis: AnalysisPlan
    costs: Costs | None = None
    limits: Many[Text] = ()
    """What this study cannot say, in plain words; reports repeat it."""
    sources: dict[Id, Source] = Field(default_factory=dict, max_length=200)

    @cached_property
    def sha256(self) -> str:
        """Hash of the content in canonical units: comments, key order and spacing do not matter."""
        content = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def periods(self) -> int:
        return self.design.periods

    @property
    def condition_ids(self) -> tuple[str, ...]:
        return tuple(c.id for c in self.conditions)

    @property
    def sequence_ids(self) -> tuple[str, ...]:
        return tuple(s.id for s in self.design.sequences)

    @property
    def sequence_conditions(self) -> tuple[tuple[str, ...], ...]:
        """Condition ids by sequence and period, in the order of `sequence_ids`."""
        return tuple(s.conditions for s in self.design.sequences)

    @property
    def visit_ids(self) -> tuple[str, ...]:
        return tuple(v.id for v in self.visits)

    @property
    def instrument_ids(self) -> tuple[str, ...]:
        """Every instrument, endpoints first, each once."""
        named = [e.instrument for e in self.endpoints]
        return tuple(dict.fromkeys([*named, *(i for v in self.visits for i in v.instruments)]))

    @property
    def score_ids(self) -> tuple[str, ...]:
        """Labels of the scores that a table of ratings may hold: totals, then single items."""
        return tuple(dict.fromkeys([*self.instrument_ids, *(e.score for e in self.endpoints)]))

    @property
    def compound_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(a.compound for a in self.administrations if a.compound))

    def condition(self, condition_id: str) -> Condition:
        return _find(self.conditions, condition_id, "condition")

    def sequence(self, sequence_id: str) -> Sequence:
        return _find(self.design.sequences, sequence_id, "sequence")

    def visit(self, visit_id: str) -> Visit:
        return _find(self.visits, visit_id, "visit")

    def endpoint(self, endpoint_id: str) -> Endpoint:
        return _find(self.endpoints, endpoint_id, "endpoint")

    def estimand(self, estimand_id: str) -> Estimand:
        return _find(self.estimands, estimand_id, "estimand")

    def administration(self, administration_id: str) -> Administration:
        return _find(self.administrations, administration_id, "administration")

    def given(self, condition_id: str) -> tuple[Administration, ...]:
        """Return what is administered under a condition, in the order of the file."""
        return tuple(self.administration(a) for a in self.condition(condition_id).administrations)

    @property
    def drug_start_h(self) -> float:
        """Hours from time_zero to the first dose of the drug (the same in every condition)."""
        return min((a.start_h for a in self.administrations if a.role == "drug"), default=0.0)

    def visit_h(self, visit_id: str) -> float:
        """Hours from time_zero to a visit."""
        visit = self.visit(visit_id)
        origin = self.drug_start_h if visit.after == "drug" else 0.0
        return origin + visit.time.value.value

    def assumptions(self) -> tuple[Assumption, ...]:
        """Return every value that is only remembered or assumed: the amber list of each report."""
        return tuple(
            Assumption(path=path, value=words(c.value), confidence=c.confidence, note=c.note)
            for path, c in claims(self)
            if c.amber
        )

    def disagreements(self) -> tuple[Disagreement, ...]:
        """Return every point on which the sources differ, or registered and run differ."""
        rivals = [
            Disagreement(path=path, statements=tuple(_statement(s) for s in (claim, *also)))
            for path, claim in claims(self)
            if (also := getattr(claim, "also", ()))
        ]
        return (*rivals, *_registered_against_run(self.population))


def _statement(claim: Claim[Any]) -> tuple[str, str]:
    return words(claim.value), claim.source or claim.confidence


def _registered_against_run(population: Population) -> tuple[Disagreement, ...]:
    found = []
    for name in Eligibility.model_fields:
        registered = getattr(population.registered, name)
        run = getattr(population.as_run, name, None)
        if not (isinstance(registered, Claim) and isinstance(run, Claim)):
            continue
        if run.value != registered.value:
            statements = (_statement(registered), _statement(run))
            found.append(Disagreement(path=f"population.{name}", statements=statements))
    return tuple(found)


def _find(nouns: tuple[Named, ...], wanted: str, kind: str) -> Named:
    for noun in nouns:
        if noun.id == wanted:
            return noun
    raise ProtocolError(
        Problem(
            what=f"the protocol has no {kind} of this id",
            value=shorten(wanted),
            fix=f"use one of: {', '.join(n.id for n in nouns)}",
        )
    )

"""Everything that a virtual trial of one protocol needs, read once and handed to every worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crossblock.core.errors import InputError, Problem
from crossblock.domain.bank import ItemBank
from crossblock.domain.compound import Compound
from crossblock.domain.instrument import Instrument
from crossblock.domain.protocol import Protocol
from crossblock.domain.truth import Generator, Truth
from crossblock.load.bank import bank, bank_names
from crossblock.load.compound import compound
from crossblock.load.instrument import read as instrument
from crossblock.load.mechanism import mechanism
from crossblock.simulate.pharmacology import Pharmacology, pharmacology

PARTS = {"hamd6": "hamd17"}  # an instrument whose items are those of another, by their ids


@dataclass(frozen=True, kw_only=True, eq=False)
class World:
    """One protocol with what is true in it, and the nouns that both name."""

    protocol: Protocol
    truth: Truth
    people: int
    """Participants of a trial."""
    instruments: Mapping[str, Instrument]
    compounds: Mapping[str, Compound]
    banks: Mapping[str, ItemBank]
    """Item banks of the instruments that are drawn item by item; none for the textbook model."""
    pharmacology: Pharmacology | None
    """Drug, blocker and mechanism as the truth has them; None for the textbook model."""

    def __reduce__(self) -> tuple[Callable[..., World], tuple[Any, ...]]:
        """Travel to a worker as text and plain values: a protocol's own type cannot be pickled."""
        text = self.protocol.model_dump_json(by_alias=True, exclude_defaults=True)
        nouns = (self.instruments, self.compounds, self.banks, self.pharmacology)
        return _arrived, (text, self.truth, self.people, *nouns)

    @property
    def cells(self) -> tuple[str, ...]:
        """Cell of each condition, in the protocol's order of conditions."""
        return tuple(c.cell for c in self.protocol.conditions)

    @property
    def given(self) -> tuple[tuple[int, ...], ...]:
        """Conditions by sequence and period, as indices into the protocol's conditions."""
        at = {c: k for k, c in enumerate(self.protocol.condition_ids)}
        return tuple(tuple(at[c] for c in row) for row in self.protocol.sequence_conditions)


@lru_cache(maxsize=8)
def _protocol(text: str) -> Protocol:
    return Protocol.model_validate_json(text)


def _arrived(
    text: str,
    truth: Truth,
    people: int,
    instruments: Mapping[str, Instrument],
    compounds: Mapping[str, Compound],
    banks: Mapping[str, ItemBank],
    known: Pharmacology | None,
) -> World:
    return World(
        protocol=_protocol(text),
        truth=truth,
        people=people,
        instruments=instruments,
        compounds=compounds,
        banks=banks,
        pharmacology=known,
    )


def prepare(protocol: Protocol, truth: Truth, people: int | None = None) -> World:
    """Read what `protocol` and `truth` name.

    `people` replaces the protocol's planned number. Raises `InputError` when neither says how many,
    and `CatalogError` for a name that no catalog knows.
    """
    counts = protocol.participants
    stated = counts.planned or counts.enrolled
    n = people if people is not None else stated.value if stated else 0
    if not 2 <= n <= 100_000:
        raise InputError(
            Problem(
                what="a virtual trial needs between 2 and 100,000 participants",
                value=str(n),
                why="the protocol plans this many, or --n asks for them",
                fix="set participants.planned in the protocol, or give --n",
            )
        )
    mechanistic = truth.generator is Generator.MECHANISTIC
    compounds = {name: compound(name) for name in protocol.compound_ids} if mechanistic else {}
    banks = _banks(protocol) if mechanistic and truth["items"] else {}
    return World(
        protocol=protocol,
        truth=truth,
        people=n,
        instruments={name: instrument(name) for name in protocol.instrument_ids},
        compounds=compounds,
        banks=banks,
        pharmacology=pharmacology(protocol, truth, mechanism(truth.mechanism), compounds, banks)
        if mechanistic
        else None,
    )


def _banks(protocol: Protocol) -> dict[str, ItemBank]:
    """Return the banks of what is rated; a scale made of another's items uses that one's."""
    wanted = {PARTS.get(name, name) for name in protocol.instrument_ids}
    return {name: bank(name) for name in bank_names() if name in wanted}

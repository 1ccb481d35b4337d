"""Small worlds that the tests share: the textbook model and the pharmacology of Williams 2018."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from crossblock.domain.protocol import Protocol
from crossblock.domain.truth import Generator, Truth
from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.simulate.trial import Trials, simulate
from crossblock.simulate.world import World, prepare

SEED = 7
Maker = Callable[..., World]


@pytest.fixture(scope="session")
def williams() -> Protocol:
    return read("williams-2018")


@pytest.fixture(scope="session")
def textbook(williams: Protocol) -> Maker:
    """Make a world of the Gaussian generator: textbook(people=12, fraction=0.28)."""

    def make(people: int = 12, **values: float) -> World:
        plain = {"dropout_first": 0.0, "missing_visit": 0.0, **values}
        return prepare(williams, gaussian_truth().with_values(plain), people)

    return make


def with_washout(protocol: Protocol, hours: float) -> Protocol:
    """Return the protocol with another washout, and only the visits that fit into it."""
    washout = protocol.design.washout
    assert washout is not None
    changed = washout.model_copy(update={"value": replace(washout.value, value=hours, text="")})
    kept = [v for v in protocol.visits if protocol.visit_h(v.id) < hours - 24.0]
    names = {v.id for v in kept}
    return protocol.model_copy(
        update={
            "design": protocol.design.model_copy(update={"washout": changed}),
            "visits": tuple(kept),
            "endpoints": tuple(
                e.model_copy(update={"also_at": tuple(v for v in e.also_at if v in names)})
                for e in protocol.endpoints
            ),
        }
    )


def gaussian_truth() -> Truth:
    return replace(truth(), generator=Generator.GAUSSIAN)


@pytest.fixture(scope="session")
def pharmacy(williams: Protocol) -> Maker:
    """Make a mechanistic world: pharmacy(people=12, mechanism="h1", fraction=0.28)."""

    def make(people: int = 12, mechanism: str = "h3a", **values: float) -> World:
        start = replace(truth(), mechanism=mechanism)
        return prepare(williams, start.with_values(values), people)

    return make


@pytest.fixture(scope="session")
def some_trials(pharmacy: Maker) -> tuple[World, Trials]:
    """Forty mechanistic trials of 20 people at fraction 0.28."""
    world = pharmacy(people=20, fraction=0.28)
    return world, simulate(world, np.arange(40), SEED)

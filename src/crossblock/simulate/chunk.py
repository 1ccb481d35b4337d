"""The unit of work: a fixed number of trials, from their numbers to their rows as bytes.

A chunk is always computed whole (padded), so that its bytes depend on its number alone; what lies
beyond the number of trials asked for is cut off when chunks are merged.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass

import numpy as np

from crossblock.domain.protocol import Protocol
from crossblock.domain.truth import Truth
from crossblock.simulate.asked import Asked, asked
from crossblock.simulate.effects import Effects, effects
from crossblock.simulate.fingerprint import digest
from crossblock.simulate.reading import Records, read
from crossblock.simulate.trial import simulate
from crossblock.simulate.world import World, prepare

SIZE = 250  # trials; a quarter of a second of work, and small enough to stay near the processor


@dataclass(frozen=True, kw_only=True, eq=False)
class Job:
    """All chunks of one run share this."""

    world: World
    asked: Asked
    effects: Effects
    trials: int
    seed: int
    size: int = SIZE

    @property
    def chunks(self) -> int:
        return -(-self.trials // self.size)

    @property
    def identity(self) -> str:
        """Hash of what decides the numbers of a chunk: two runs with one identity may be joined."""
        world = self.world
        content = {
            "protocol": world.protocol.sha256,
            "generator": str(world.truth.generator),
            "mechanism": world.truth.mechanism,
            "numbers": {s: p.value for s, p in world.truth.parameters.items()},
            "people": world.people,
            "endpoint": self.asked.endpoint,
            "seed": self.seed,
            "size": self.size,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def job(world: World, *, trials: int, seed: int, endpoint: str | None = None) -> Job:
    """Return the job of `trials` virtual trials of a world."""
    question = asked(world, endpoint)
    return Job(
        world=world,
        asked=question,
        effects=effects(world, question),
        trials=trials,
        seed=seed,
    )


def trial_job(
    protocol: Protocol,
    truth: Truth,
    *,
    trials: int,
    seed: int,
    people: int | None = None,
    endpoint: str | None = None,
) -> Job:
    """Return the job of `trials` virtual trials of a protocol under a truth."""
    return job(prepare(protocol, truth, people), trials=trials, seed=seed, endpoint=endpoint)


def run_chunk(task: Job, number: int) -> tuple[str, bytes]:
    """Return (fingerprint of this machine, rows of chunk `number` as .npy bytes)."""
    trials = np.arange(number * task.size, (number + 1) * task.size, dtype=np.int64)
    made = simulate(task.world, trials, task.seed)
    rows = read(task.world, task.asked, made, task.effects.ineffective)
    rows["trial"] = trials
    return digest(), pack(rows)


_told: list[Job] = []


def tell(task: Job) -> None:
    """Let this process, a worker, keep the job whose chunks it will be asked for.

    With each chunk anew it would be half a megabyte to write and to read, and the tables of its
    item banks would be made again each time: a tenth of all the work.
    """
    _told[:] = [task]


def run_told(number: int) -> tuple[str, bytes]:
    """Return what `run_chunk` does, for the job that this process was told of."""
    return run_chunk(_told[0], number)


def pack(rows: Records) -> bytes:
    """Return rows as the bytes of a .npy file."""
    out = io.BytesIO()
    np.save(out, rows, allow_pickle=False)
    return out.getvalue()


def unpack(content: bytes) -> Records:
    """Return rows from the bytes of a .npy file; ValueError when they are none."""
    found: Records = np.load(io.BytesIO(content), allow_pickle=False)
    return found

"""A Dask cluster as an executor: chunks go out, bytes come back, files stay with the driver.

The optional extra `cluster` brings `distributed`; without it, or where no scheduler answers, the
error says what to do. Resuming does not depend on the cluster: what came back is on disk here.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from crossblock.core.errors import InputError, Problem, shorten

PATIENCE_S = 10


@contextmanager
def connected(address: str, *, patience_s: float = PATIENCE_S) -> Iterator[Executor]:
    """Give an executor on the cluster at `address`, such as tcp://10.0.0.1:8786.

    Raises `InputError` when the extra is not installed or nobody answers in time.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise InputError(
            Problem(
                what="a cluster needs the library distributed, which is not installed",
                fix='install it with: pip install "crossblock[cluster]", or leave --cluster out',
            )
        ) from None
    try:
        client = distributed.Client(address, timeout=patience_s, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            Problem(
                what="the cluster does not answer",
                value=shorten(address),
                why=shorten(str(error), 200),
                fix="check the address and that its scheduler runs; --local falls back to this "
                "machine",
            )
        ) from None
    try:
        yield client.get_executor(pure=False)
    finally:
        client.close()

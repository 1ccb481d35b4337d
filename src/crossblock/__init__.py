"""crossblock: does the drug work through that receptor, and what follows for repeated use?

The front door. Names are loaded when first used, so that `import crossblock` and the command line's
help cost nothing; `tests/test_front_door.py` pins the list and the import contracts read it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

# name -> module that defines it
DOOR: dict[str, str] = {
    "CrossblockError": "crossblock.core.errors",
    "Quantity": "crossblock.core.quantity",
    "RatingsBatch": "crossblock.domain.rating",
    "Protocol": "crossblock.domain.protocol",
    "Estimate": "crossblock.domain.result",
    "StudyAnalysis": "crossblock.domain.analysis",
    "read_protocol": "crossblock.load.protocol",
    "read_ratings": "crossblock.load.ratings",
    "read_open_codelist": "crossblock.load.codelist",
    "read_instrument": "crossblock.load.instrument",
    "derive_study": "crossblock.stats.study",
}

if TYPE_CHECKING:
    pass


def __getattr__(name: str) -> object:
    if name in DOOR:
        return getattr(import_module(DOOR[name]), name)
    raise AttributeError(f"module 'crossblock' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*DOOR, "__version__"])

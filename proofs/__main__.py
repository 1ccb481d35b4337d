"""Run every proof, or those whose name contains one of the words given: `make prove ONLY=a-`."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from proofs.proof import Proof, prove


def proofs() -> list[Proof]:
    """Return every proof of every `issue_*.py`, in order."""
    modules = sorted(p.stem for p in Path(__file__).parent.glob("issue_*.py"))
    return [p for m in modules for p in import_module(f"proofs.{m}").register.proofs]


def main(words: list[str]) -> int:
    chosen = [p for p in proofs() if not words or any(w in f"{p.issue}-{p.name}" for w in words)]
    kept = [prove(p) for p in chosen]
    print(f"{sum(kept)} of {len(kept)} promises hold; see docs/proof/")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the last digits of a result depend on: the code, its libraries, the processor, its flags.

Runs with one fingerprint give the same bytes. Runs that differ in it agree to about 1e-9 relative
and are joined only when asked to (`--mixed`).
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

LIBRARIES = ("crossblock", "numpy", "scipy", "jax", "jaxlib")
FLAGS = ("XLA_FLAGS", "NPY_DISABLE_CPU_FEATURES", "JAX_PLATFORMS")
PARTS = ("core", "kernels", "domain", "exposure", "stats", "simulate", "catalog")


@cache
def fingerprint() -> dict[str, str]:
    """Return what this machine and installation are, part by part."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{name: _version(name) for name in LIBRARIES},
        "code": _code(),
        "processor": _processor(),
        **{name: os.environ.get(name, "") for name in FLAGS},
    }


@cache
def digest() -> str:
    """Return the fingerprint as one hash."""
    return hashlib.sha256(json.dumps(fingerprint(), sort_keys=True).encode()).hexdigest()[:16]


def differences(mine: dict[str, str], theirs: dict[str, str]) -> tuple[str, ...]:
    """Name the parts in which two fingerprints differ."""
    return tuple(sorted(k for k in mine.keys() | theirs.keys() if mine.get(k) != theirs.get(k)))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _code() -> str:
    """Return a hash of the code and catalog files that the numbers pass through."""
    root = Path(__file__).resolve().parent.parent
    total = hashlib.sha256()
    for part in PARTS:
        for path in sorted((root / part).rglob("*")):
            if path.suffix in {".py", ".toml", ".csv"}:
                total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:16]


def _processor() -> str:
    """Return a hash of the processor's features as the array library uses them."""
    found: Any = np.show_config(mode="dicts")
    simd = found.get("SIMD Extensions", {})
    return hashlib.sha256(json.dumps(simd, sort_keys=True).encode()).hexdigest()[:16]

"""Leaks planted in what was gathered: each changes what it says, by the share that it says."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from crossblock.cli import leak_features, leak_plants
from crossblock.cli.leaks import judged

PEOPLE = 300
CODES = [f"A-{i:03d}" for i in range(1, PEOPLE + 1)]
ARM = dict(zip(CODES, np.random.default_rng(9).integers(0, 2, PEOPLE).tolist(), strict=True))
BEGAN = datetime(2026, 7, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    code: str
    path: str
    kind: str = "timeline"
    role: str = "monitor"
    body: bytes = b"<h2>On one axis</h2>"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    ms: float = 5.0
    queries: int = 3


@dataclass
class Found:
    seen: list[Page]
    log: list[str]
    exports: dict[str, bytes]
    tables: dict[str, Any]


def gathered() -> Found:
    """Return a study of pages whose times differ by chance, tables, one export and a log."""
    people = list(enumerate(CODES, start=1))
    jitter = {c: 4.0 + ((i * 37) % 101) / 50 for i, c in people}
    return Found(
        seen=[Page("", "/participants/", kind="page", body=" ".join(CODES).encode())]
        + [Page(c, f"/p/{c}/", ms=jitter[c], body=b"On one axis" + b"." * (i % 7))
           for i, c in people],
        log=["started"],
        exports={"steps.csv": ("participant,step\n" + "\n".join(f"{c},x" for c in CODES)).encode()},
        tables={
            "record_participant": [{"id": i, "code": c} for i, c in people],
            "record_step": [
                {"id": i, "participant_id": i, "name": "started",
                 "at": BEGAN + timedelta(seconds=i, microseconds=(i * 31) % 997)}
                for i, _ in people
            ],
            "trial_allocation": [{"id": i, "slot_id": i, "participant_id": i} for i, _ in people],
            "trial_slot": [
                {"id": i, "kits": f'["{i:04d}-{i * 7919 % 9973:04d}", "{i * 31 % 997:04d}-X"]',
                 "spares": '["DRY-AAAA", "DRY-BBBB"]'}
                for i, _ in people
            ],
        },
    )  # fmt: skip


@pytest.fixture(scope="module")
def base() -> tuple[Found, dict[str, Any]]:
    found = gathered()
    return found, leak_features.everything(found, CODES)


def test_without_a_plant_nobody_is_told_apart(base: tuple[Found, dict[str, Any]]) -> None:
    for name, area in judged(base[1], ARM, 1).items():
        assert abs(area.value - 0.5) < 4 * area.error, name


def test_each_planted_leak_is_seen_by_a_classifier(
    base: tuple[Found, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here few participants and strong signs; `crossblock leakcheck --controls` tries weak ones."""
    monkeypatch.setattr(leak_plants, "SHARE", 0.9)
    found, series = base
    planted = dict(leak_plants.planted(found, ARM, 1))
    assert len(planted) >= 10
    missed = []
    for name, changed in planted.items():
        told = judged({**series, **leak_features.everything(changed, CODES)}, ARM, 1)
        if not any(a.value - 0.5 > 4 * a.error for a in told.values()):
            missed.append((name, {k: round(a.value, 3) for k, a in told.items()}))
    assert missed == []


def test_a_planted_sign_agrees_as_often_as_it_says(base: tuple[Found, dict[str, Any]]) -> None:
    changed = dict(leak_plants.planted(base[0], ARM, 1))["a tag of two groups"]
    agrees = [s.headers[-1][1] == ('"0"', '"3"')[ARM[s.code]] for s in changed.seen]
    assert sum(agrees) / len(agrees) == pytest.approx(leak_plants.SHARE, abs=0.07)

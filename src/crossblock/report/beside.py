"""What stands beside a study's own results on its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crossblock.domain.curve import ExposurePicture
from crossblock.domain.protocol import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What stands beside a study's own results.

    exposure   what the drugs do, in this study or in `blocker_study`
    blocker_study   a protocol that gives the blocker which this study leaves out
    smallest   completers -> detectable SDs of within-person differences (80 % power), for the
               curve; `yardsticks` are sizes that it names beside the study's own
    provenance   (name, value) pairs that only the caller knows: version, command
    """

    exposure: ExposurePicture | None = None
    blocker_study: Protocol | None = None
    smallest: Mapping[int, float] = field(default_factory=dict)
    yardsticks: tuple[int, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()

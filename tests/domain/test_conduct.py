"""The conduct of a study: its hash, its assumptions, its sites."""

import pytest

from crossblock.domain.conduct import Conduct
from crossblock.load.conduct import read

CONDUCT = read("one-site")


def test_the_hash_follows_the_content() -> None:
    same = Conduct.model_validate(CONDUCT.model_dump(by_alias=True))
    assert same.sha256 == CONDUCT.sha256
    other = CONDUCT.model_dump(by_alias=True) | {"earlier_scores": "shown"}
    assert Conduct.model_validate(other).sha256 != CONDUCT.sha256


def test_what_was_only_assumed_stays_visible() -> None:
    paths = {a.path for a in CONDUCT.assumptions()}
    assert {"gate.liver_limit", "gate.opioid_free_days", "safety.harm_limit"} <= paths


def test_sites() -> None:
    assert CONDUCT.site("a").label == "Site A"
    with pytest.raises(KeyError):
        CONDUCT.site("z")

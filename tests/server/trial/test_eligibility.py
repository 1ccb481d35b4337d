"""Questions come from the protocol, and their verdicts are pure."""

from crossblock.load.conduct import read as read_conduct
from crossblock.load.protocol import read as read_protocol
from crossblock.server.trial import eligibility
from tests.server.world import CONSENT, GATE, SCREENING

PROTOCOL = read_protocol("williams-2018")
CONDUCT = read_conduct("one-site")


def test_screening_asks_what_the_population_says() -> None:
    ids = [q.id for q in eligibility.screening_sheet(PROTOCOL).questions]
    assert ids[:4] == ["age", "diagnosis", "basis", "failed"]
    assert "medication" in ids
    assert eligibility.screening_stops(PROTOCOL, SCREENING) == []


def test_who_cannot_take_part() -> None:
    stops = eligibility.screening_stops(PROTOCOL, {**SCREENING, "failed": 1.0, "age": 80.0})
    assert stops == ["older than 70", "fewer than 2 failed adequate treatments"]


def test_consent_must_be_signed_and_understood() -> None:
    assert eligibility.consent_stops(CONSENT) == []
    assert eligibility.consent_stops({**CONSENT, "risks": "no"}) == ["risks not talked through"]
    assert len(eligibility.consent_stops({})) == 3


def test_an_empty_gate_is_shut() -> None:
    assert eligibility.gate_stops(CONDUCT, GATE) == []
    assert len(eligibility.gate_stops(CONDUCT, {})) == 5


def test_strata() -> None:
    assert eligibility.stratum_of(PROTOCOL, CONDUCT, "a", SCREENING) == "all"

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


def test_failed_treatments_are_counted_by_the_shipped_form() -> None:
    rows = {"athf-sf-trial1": 4.0, "athf-sf-trial2": 3.0, "athf-sf-trial3": 2.0}
    counted = {k: v for k, v in SCREENING.items() if not k.startswith("failed")} | rows
    assert eligibility.failed_treatments(counted) == 2.0  # adequate from 3
    assert eligibility.screening_stops(PROTOCOL, counted) == []
    fewer = {**counted, "athf-sf-trial2": 1.0}
    assert eligibility.screening_stops(PROTOCOL, fewer) == [
        "fewer than 2 failed adequate treatments"
    ]
    assert eligibility.screening_stops(PROTOCOL, {**counted, "failed": 3.0}) == [
        "3 failed treatments were typed, ATHF-SF gives 2"
    ]


def test_a_count_by_hand_needs_its_basis() -> None:
    bare = {k: v for k, v in SCREENING.items() if k != "failed-basis"}
    assert "rests on nothing" in eligibility.screening_stops(PROTOCOL, bare)[0]
    none = {k: v for k, v in bare.items() if k != "failed"}
    assert "are not counted" in eligibility.screening_stops(PROTOCOL, none)[0]


def test_consent_must_be_signed_and_understood() -> None:
    assert eligibility.consent_stops(CONSENT) == []
    assert eligibility.consent_stops({**CONSENT, "risks": "no"}) == ["risks not talked through"]
    assert len(eligibility.consent_stops({})) == 3


def test_an_empty_gate_is_shut() -> None:
    assert eligibility.gate_stops(CONDUCT, GATE) == []
    assert len(eligibility.gate_stops(CONDUCT, {})) == 5


def test_strata() -> None:
    assert eligibility.stratum_of(PROTOCOL, CONDUCT, "a", SCREENING) == "all"

"""What the leak test gathers is judged as a whole: no sign, no leak; a sign, a sentence."""

from dataclasses import dataclass, field
from typing import Any

from crossblock.cli.leaks import look, outcome_visit
from crossblock.cli.theater import VirtualRaters
from crossblock.load.protocol import read as read_protocol

PROTOCOL = read_protocol("williams-2018")
CODES = [f"A-{i:03d}" for i in range(1, 41)]
SEQUENCE = {i: PROTOCOL.sequence_ids[(i * 7) % 5 % 2] for i in range(1, 41)}
RATERS = VirtualRaters(protocol=PROTOCOL, sequence_of=SEQUENCE)


@dataclass
class Page:
    code: str
    body: bytes
    role: str = "monitor"
    kind: str = "timeline"
    path: str = "/p/"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    ms: float = 5.0
    queries: int = 3


@dataclass
class Found:
    seen: list[Page]
    slots: dict[str, int]
    close: list[Page] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    exports: dict[str, bytes] = field(default_factory=dict)
    tables: dict[str, Any] = field(
        default_factory=lambda: {
            "record_participant": [], "trial_allocation": [], "trial_slot": [],
        }
    )  # fmt: skip


def gathered(body: bytes = b"<p>page</p>", arm_body: bytes = b"<p>page</p>") -> Found:
    slots = {c: i for i, c in enumerate(CODES, start=1)}
    first = PROTOCOL.sequence_ids[0]
    pages = [Page(c, body if SEQUENCE[s] == first else arm_body) for c, s in slots.items()]
    return Found(seen=pages, slots=slots)


def test_equal_pages_are_no_leak() -> None:
    report = look(PROTOCOL, gathered(), RATERS, 1)
    assert report.leaks == ()
    assert (report.participants, report.pages, report.roles) == (40, 40, 1)


def test_a_longer_page_is_one() -> None:
    leaks = look(PROTOCOL, gathered(arm_body=b"<p>page </p>"), RATERS, 1).leaks
    assert any("timeline: length goes with the arm" in leak for leak in leaks)
    assert any("tells the arms apart" in leak for leak in leaks)


def test_a_word_in_the_log_is_one() -> None:
    found = gathered()
    found.log.append("dispensing placebo-first")
    assert look(PROTOCOL, found, RATERS, 1).leaks == ("log: placebo-first",)


def test_the_first_outcome_visit() -> None:
    assert outcome_visit(PROTOCOL) == "d1"

"""What the leak test gathers is judged as a whole: no sign, no leak; a sign, a sentence."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from crossblock.cli import leaks
from crossblock.cli.leaks import BLOCKING, MORE, ROOM, Judge, look, outcome_visit
from crossblock.cli.theater import VirtualRaters
from crossblock.load.protocol import read as read_protocol
from crossblock.server.roles import Thing
from crossblock.server.trial.schedule import Place

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
    broken: frozenset[str] = frozenset()
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


def test_a_broken_code_is_searched_for_words_and_kept_from_classifiers() -> None:
    found = gathered()
    found.broken = frozenset(CODES[:6])
    for page in found.seen:
        if page.code in found.broken:
            page.body = b"<p>the code is broken</p>"
    assert look(PROTOCOL, found, RATERS, 1).leaks == ()
    found.seen[0].body = b"placebo-first"
    assert look(PROTOCOL, found, RATERS, 1).leaks == ("monitor, timeline: placebo-first",)


def place(period: int) -> Place:
    return Place(form="hamd17", visit="d1", period=period, thing=Thing.OUTCOME_FORMS)


MANY = 2000
NAMES = [f"A-{i:04d}" for i in range(MANY)]
ARM = dict(zip(NAMES, np.random.default_rng(5).integers(0, 2, MANY).tolist(), strict=True))


def judged(shift: float, told: float) -> tuple[Judge, leaks.Verdict]:
    """Judge a study whose ratings tell the arm by `shift` SD and whose page length by `told`."""
    rng = np.random.default_rng(6)
    noise = {f"page {k}": dict(zip(NAMES, rng.normal(size=MANY), strict=True)) for k in range(60)}
    rated = {c: shift * k + x for (c, k), x in zip(ARM.items(), rng.normal(size=MANY))}
    length = {c: told * k + x for (c, k), x in zip(ARM.items(), rng.normal(size=MANY))}
    series = {**noise, "rating hamd17": rated, "page: length": length}
    alone = leaks.ratings_alone(series, ARM, 1, "effect")
    judge = Judge(truth="effect", arm=ARM, seed=1, alone=alone)
    return judge, judge.verdict(leaks.judged(series, ARM, 1))


def test_ratings_that_say_little_leave_room_for_a_leak_to_be_seen() -> None:
    judge, clean = judged(0.55, 0.0)
    assert judge.doubt == ""
    assert not clean.caught
    _, leaky = judged(0.55, 0.55)
    assert leaky.gain is not None
    assert leaky.gain[0] > MORE
    assert leaky.caught
    assert "more than the ratings say" in leaky.words


def test_ratings_that_say_all_cannot_tell_and_say_so() -> None:
    """Under the truth of before, 0.99 by ratings alone, the same leak went unseen."""
    judge, leaky = judged(3.5, 0.55)
    assert not leaky.caught
    assert "cannot tell: the ratings alone reach 0.9" in judge.doubt


@pytest.mark.slow
def test_the_effect_is_one_that_ratings_alone_tell_by_0_6_to_0_75() -> None:
    changes = []
    sequence = dict(enumerate(np.where(np.arange(1, 301) % 2, *PROTOCOL.sequence_ids), start=1))
    raters = leaks.raters_of(PROTOCOL, sequence, 1, "effect")
    for slot in sequence:
        total = [
            sum(float(v) for v in (raters.answers(slot, place(period)) or {}).values())
            for period in (1, 2)
        ]
        changes.append(total[1] - total[0] if all(total) else np.nan)
    change, first = np.array(changes), np.arange(1, 301) % 2 == 1
    one, two = change[first], change[~first]
    one, two = one[~np.isnan(one)], two[~np.isnan(two)]
    assert len(one) + len(two) > 250
    auc = mannwhitneyu(one, two).statistic / (len(one) * len(two))
    assert 0.6 < auc < 0.75 < ROOM
    assert 0 < BLOCKING["effect"] < 0.5


def test_the_first_outcome_visit() -> None:
    assert outcome_visit(PROTOCOL) == "d1"

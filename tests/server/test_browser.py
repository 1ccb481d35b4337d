"""One participant's whole way in real Chromium, by keyboard, with axe on every page that is passed.

Skipped without Chromium, loudly; required under REQUIRE=chromium.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from crossblock.server import clock
from crossblock.server.record.models import Event, Participant, Version
from crossblock.server.rehearsal import participant_account
from crossblock.server.roles import Role
from crossblock.server.trial.state import standing
from tests.server.browsing import Person, served
from tests.server.web import local
from tests.server.world import DAY, PASSWORD, World

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def address(lite: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with served(monkeypatch) as found:
        yield found


def before(**ago: float) -> str:
    """Return a time so long ago as a form of site A holds it."""
    return local(datetime.now(UTC) - timedelta(**ago))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """Let days pass for the server; returns its time then."""
    ahead = [timedelta()]
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + ahead[0])

    def passes(by: timedelta) -> datetime:
        ahead[0] += by
        return clock.now()

    return passes


def test_a_participants_whole_way(
    chromium: Browser,
    lite: World,
    address: str,
    tmp_path: Path,
    later: Callable[[timedelta], datetime],
) -> None:
    coordinator = Person(chromium, address, Role.COORDINATOR, tmp_path)
    coordinator.open("/participants/")
    coordinator.press("Add a participant at Site A")
    code = Participant.objects.get().code
    coordinator.open(f"/p/{code}/screening/")
    coordinator.save()  # nothing typed: every question is marked, nothing is saved
    assert coordinator.page.locator(".fault").count() >= 5
    coordinator.choose({"age": "41", "diagnosis": "yes", "basis": "structured", "failed": "3",
                        "failed-basis": "records", "medication": "yes",
                        "antagonist": "no"})  # fmt: skip
    coordinator.save()
    coordinator.open(f"/p/{code}/consent/")
    coordinator.choose({"document": "2.0", "signed": "yes", "copy": "yes", "risks": "yes",
                        "pool": "no"})  # fmt: skip
    coordinator.page.fill("#occurred", before(hours=33))
    coordinator.save()
    coordinator.open(f"/p/{code}/gate/1/")
    gate = {"agonist": "yes", "last": "short", "days": "3", "urine": "positive", "alt": "0,9",
            "ast": "1.0", "pregnancy": "negative"}  # fmt: skip
    coordinator.choose(gate)
    coordinator.page.fill("#occurred", before(hours=32))
    coordinator.save()
    assert "precipitate withdrawal" in coordinator.page.inner_text("main")
    coordinator.choose({**gate, "agonist": "no", "days": "12", "urine": "negative"})
    coordinator.page.fill("#reason", "repeated after the waiting time")
    coordinator.page.fill("#occurred", before(hours=32))
    coordinator.save()
    coordinator.open(f"/p/{code}/randomize/")
    coordinator.press(f"Randomize {code}")
    assert "Signed receipt" in coordinator.page.inner_text("main")
    lite.receive(Participant.objects.get())
    coordinator.open(f"/p/{code}/kit/1/")
    kit = coordinator.page.inner_text("code.kit")
    coordinator.page.keyboard.type("2222-2222")
    coordinator.press("Hand out")
    assert "nothing" not in coordinator.page.inner_text("[role=alert]")
    assert coordinator.page.input_value("#kit") == "2222-2222"
    coordinator.page.fill("#kit", kit)
    coordinator.page.fill("#occurred", before(hours=31))
    coordinator.press("Hand out")
    coordinator.open(f"/p/{code}/start/1/")
    coordinator.page.fill("#occurred", before(hours=30))
    coordinator.press("Confirm")
    _session(Person(chromium, address, Role.SESSION_RATER, tmp_path), code)
    outcome = Person(chromium, address, Role.OUTCOME_RATER, tmp_path)
    _outcome(outcome, code)
    investigator = Person(chromium, address, Role.INVESTIGATOR, tmp_path)
    investigator.open(f"/p/{code}/discharge/1/")
    investigator.press("Confirm")
    investigator.open("/safety/")
    coordinator.open(f"/p/{code}/")
    coordinator.open(f"/p/{code}/finish/1/")
    coordinator.press("Confirm")
    assert standing(Participant.objects.get(), 2).words == "washout before period 2"
    washout = lite.protocol.design.washout.value.value
    begun = later(timedelta(hours=washout) + DAY) - timedelta(hours=1)
    _second(coordinator, outcome, investigator, code, begun)
    own = participant_account(code, PASSWORD, "participant-1@example.org").email
    later(14 * DAY)
    participant = Person(chromium, address, Role.PARTICIPANT, tmp_path, own)
    _own_forms(participant, code)
    outcome.open(f"/p/{code}/2/d14/blinding-guess/outcome-rater/")
    outcome.choose(GUESS)
    outcome.save()
    coordinator.open(f"/p/{code}/finish/2/")
    coordinator.press("Confirm")
    coordinator.open(f"/p/{code}/leave/")
    coordinator.press("Complete")
    assert standing(Participant.objects.get(), 2).words == "completed"
    monitor = Person(chromium, address, Role.MONITOR, tmp_path)
    _lock(monitor)
    assert "code.break" not in set(Event.objects.values_list("action", flat=True))
    people = (coordinator, investigator, participant, monitor)
    assert [n for p in people for n in p.noise if "422" not in n] == []
    assert len(list(tmp_path.glob("*.png"))) > 35


GUESS = {"guess": "1", "certainty": "70", "basis": "1"}


def _second(
    coordinator: Person, outcome: Person, investigator: Person, code: str, begun: datetime
) -> None:
    """Gate, kit, start, a rating and discharge of the second period."""
    coordinator.open(f"/p/{code}/gate/2/")
    coordinator.choose({"agonist": "no", "last": "never", "urine": "negative", "alt": "0,9",
                        "ast": "1.0", "pregnancy": "negative"})  # fmt: skip
    coordinator.page.fill("#occurred", local(begun - timedelta(minutes=20)))
    coordinator.save()
    coordinator.open(f"/p/{code}/kit/2/")
    coordinator.page.fill("#kit", coordinator.page.inner_text("code.kit"))
    coordinator.page.fill("#occurred", local(begun - timedelta(minutes=10)))
    coordinator.press("Hand out")
    coordinator.open(f"/p/{code}/start/2/")
    coordinator.page.fill("#occurred", local(begun))
    coordinator.press("Confirm")
    rater = Person(coordinator.browser, coordinator.address, Role.SESSION_RATER, coordinator.shots)
    _session(rater, code, 2)
    investigator.open(f"/p/{code}/discharge/2/")
    investigator.press("Confirm")
    outcome.open(f"/p/{code}/2/d1/hamd6/")
    outcome.choose({f"item{i}": "1" for i in (1, 2, 7, 8, 10, 13)})
    outcome.save()
    assert "HAM-D6: 6" in outcome.page.inner_text("main")


def _own_forms(participant: Person, code: str) -> None:
    """The participant fills a questionnaire and guesses, and sees what was stored."""
    participant.open("/me/")
    participant.open(f"/p/{code}/2/d1/ketamine-craving/")
    participant.choose({"vas": "12"})
    participant.save()
    participant.open(f"/p/{code}/2/d14/blinding-guess/participant/")
    participant.choose(GUESS)
    participant.save()
    participant.open("/me/")
    assert Version.objects.filter(by__participant__code=code).count() == 2


def _lock(monitor: Person) -> None:
    monitor.open("/lock/")
    assert "Nothing is open" in monitor.page.inner_text("main")
    monitor.page.fill("[name=password]", PASSWORD)
    monitor.press("Lock the study")
    assert "The study is locked" in monitor.page.inner_text("main")


def _session(rater: Person, code: str, period: int = 1) -> None:
    rater.open(f"/p/{code}/{period}/infusion/session-vitals/")
    rater.choose({"minutes": "40", "systolic": "128", "diastolic": "81", "heart_rate": "72",
                  "oxygen": "98", "breathing": "14", "alertness": "5"})  # fmt: skip
    rater.save()
    rater.open(f"/p/{code}/{period}/infusion/cadss/")
    page = rater.page
    while page.locator("#save:focus").count() == 0:
        page.keyboard.press("0")
        page.keyboard.press("Enter")
        if page.evaluate("document.activeElement.id") == "occurred":
            page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    rater.check()
    assert "version 1" in page.inner_text("main")


def _outcome(rater: Person, code: str) -> None:
    """The outcome rater fills a form with the keyboard alone; the draft survives leaving it."""
    page = rater.page
    rater.open(f"/p/{code}/1/d1/hamd6/")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.locator("#kept", has_text="Draft kept").wait_for()
    assert page.inner_text("#progress-words") == "2 of 6"
    rater.open(f"/p/{code}/1/d1/hamd6/")
    assert "Your draft is back" in page.inner_text("main")
    assert page.locator("input:checked").count() == 2
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    for digit in "2102":
        page.keyboard.press(digit)
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    rater.check()
    text = page.inner_text("main")
    assert "version 1" in text, text
    assert Version.objects.filter(entry__form="hamd6").count() == 1
    assert "HAM-D6: 9" in text
    for path in ("/audit/", "/safety/", f"/p/{code}/kit/1/", f"/p/{code}/receipt/"):
        assert page.goto(rater.address + path).status == 404  # type: ignore[union-attr]
    assert [n for n in rater.noise if "404" not in n] == []


def test_typing_survives_a_lost_network(
    chromium: Browser, lite: World, address: str, tmp_path: Path
) -> None:
    code = lite.started().code
    rater = Person(chromium, address, Role.OUTCOME_RATER, tmp_path)
    page = rater.page
    path = f"/p/{code}/1/d1/hamd6/"
    page.goto(address + path)
    rater.choose({f"item{i}": "1" for i in (1, 2, 7, 8, 10, 13)})
    rater.context.set_offline(True)
    page.click("#save")
    page.locator("[role=alert]", has_text="No network").wait_for()
    assert not Version.objects.filter(entry__form="hamd6").exists()
    rater.context.set_offline(False)
    page.wait_for_url("**/saved/**")
    assert "version 1" in page.inner_text("main")
    assert Version.objects.filter(entry__form="hamd6").count() == 1
    page.goto(address + path)
    assert page.locator("text=Typed here before").count() == 0

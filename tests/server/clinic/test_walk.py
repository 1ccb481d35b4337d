"""A first-time clinician's way in real Chromium: intake, gate, sessions, ratings, plan, taper."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from crossblock.server.record.models import Participant
from tests.server.clinic import browser
from tests.server.clinic.conftest import (
    CONSENT,
    DIAGNOSIS,
    DISCHARGE,
    DOSE,
    MADRS,
    PASSWORD,
    PLAN,
    QIDS,
    TESTS,
    VITALS,
    Clinic,
    local,
)

DAY = 24.0
SHOTS = os.environ.get("CLINIC_SHOTS", "")
HISTORY = {"months": 30.0, "severity": "4"} | {
    f"trial{n}-{k}": v
    for n in (1, 2)
    for k, v in {"name": f"drug {n}", "kind": "antidepressant", "dose": "yes", "weeks": 8.0,
                 "end": "failed"}.items()
}  # fmt: skip


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def save(page: Page, answers: dict[str, Any], ago_h: float) -> None:
    """Fill the form that is open and save it."""
    browser.answer(page, answers)
    page.fill("#occurred", local(ago_h))
    page.click("#save")
    page.wait_for_selector("h1:has-text('Saved')", timeout=8000)


@pytest.mark.chromium
@pytest.mark.slow
def test_the_way_of_a_first_time_clinician(clinic: Clinic, chromium: Browser) -> None:
    faults: list[str] = []

    def look(page: Page, name: str) -> None:
        shot(page, name)
        faults.extend(f"{name}: {v}" for v in browser.violations(page))

    with browser.serving() as base, browser.window(chromium) as page:
        browser.sign_in(page, base, "clinician-1@example.org", PASSWORD)
        look(page, "01-patients-empty")
        page.click("text=Add a patient")
        assert "gate is shut" in page.inner_text("main")
        look(page, "02-gate-shut")
        code = page.url.rstrip("/").split("/")[-1]
        rows = (
            ("diagnosis", DIAGNOSIS), ("tests", TESTS), ("history", HISTORY),
            ("medicines", {"medicine1": "naltrexone 50 mg daily, last dose 24 h ago"}),
            ("madrs", MADRS), ("qids-sr16", QIDS), ("consent", CONSENT),
        )  # fmt: skip
        for form, answers in rows:
            page.goto(f"{base}/p/{code}/f/intake/0/{form}/")
            if form in ("diagnosis", "madrs"):
                look(page, f"03-{form}")
            save(page, answers, 30 * DAY)
            if form == "history":
                assert "2 adequate treatment trials failed" in page.inner_text("main")
            if form == "medicines":
                assert "less antidepressant effect" in page.inner_text("main")
                look(page, "04-interaction")
        page.goto(f"{base}/p/{code}/")
        page.click("text=A long-term plan, read with the patient")
        save(page, PLAN, 30 * DAY)
        page.goto(f"{base}/p/{code}/")
        look(page, "05-gate-open")
        page.click("text=Start session 1")
        browser.answer(page, DOSE | {"dose": 350.0})
        page.fill("#occurred", local(25 * DAY))
        page.click("#save")
        asked = page.inner_text("#doubts")
        assert "three hundred fifty milligrams" in asked
        assert "10 times" in asked
        look(page, "06-ten-times")
        save(page, {"dose": 35.0}, 25 * DAY)
        page.click("text=Next:")
        for minutes in (0.0, 40.0, 120.0):
            page.goto(f"{base}/p/{code}/f/session/1/session-vitals/")
            save(page, VITALS | {"minutes": minutes}, 25 * DAY)
        page.goto(f"{base}/p/{code}/f/session/1/session-vitals/")
        browser.answer(page, VITALS | {"minutes": 20.0, "oxygen": 88.0})
        page.fill("#occurred", local(25 * DAY))
        page.click("#save")
        page.wait_for_selector("#alarms")
        look(page, "06-alarm-kept")
        save(page, {"action": "oxygen by mask, 97 % after two minutes"}, 25 * DAY)
        page.goto(f"{base}/p/{code}/f/session/1/cadss6/")
        save(page, {f"item{i}": 1.0 for i in (1, 2, 6, 7, 15, 22)}, 25 * DAY)
        page.goto(f"{base}/p/{code}/f/session/1/discharge/")
        look(page, "07-discharge")
        browser.answer(page, DISCHARGE | {"stayed": 5.0})
        page.fill("#occurred", local(25 * DAY - 3))
        page.click("#save")
        assert "before the 120 min" in page.inner_text("#doubts")
        look(page, "07-discharge-early")
        save(page, DISCHARGE, 25 * DAY - 3)
        page.goto(f"{base}/p/{code}/")
        page.click("main >> text=MADRS >> nth=0")
        save(page, MADRS | {"item1": 1.0, "item2": 1.0}, 24 * DAY)
        person = Participant.objects.get(code=code)
        for n in range(2, 6):
            clinic.session(person, n, ago=(25 - 3 * n) * DAY)
            lower = {f"item{i}": max(0.0, 3.0 - n / 2) // 1 for i in range(1, 10)}
            clinic.save(person, "madrs", MADRS | lower, "day1", n, ago=(24 - 3 * n) * DAY)
        page.goto(f"{base}/p/{code}/")
        page.click("text=Start session 6")
        save(page, DOSE, 5 * DAY)
        page.goto(f"{base}/p/{code}/f/session/6/discharge/")
        save(page, DISCHARGE, 5 * DAY - 3)
        page.goto(f"{base}/p/{code}/f/day1/6/madrs/")
        save(page, MADRS | {f"item{i}": 0.0 for i in range(1, 8)}, 4 * DAY)
        page.goto(f"{base}/p/{code}/course/")
        assert "remission" in page.inner_text("h2 >> nth=0")
        look(page, "08-course")
        page.goto(f"{base}/p/{code}/plan/")
        assert "the stop rule is not met" in page.inner_text("main")
        look(page, "09-plan")
        page.goto(f"{base}/p/{code}/")
        assert "Missing of past sessions" in page.inner_text("main")
        look(page, "09-patient")
        page.goto(f"{base}/p/{code}/plan/")
        page.click("text=Review the plan")
        save(page, PLAN | {"option": "taper", "schedule": "every week, then every second"}, 0.1)
        page.goto(f"{base}/p/{code}/summary/")
        assert "Taper to an end" in page.inner_text("main")
        look(page, "10-summary")
        page.goto(f"{base}/quality/")
        look(page, "11-quality")
        for width in (320, 550):  # 200 % zoom of a window of 1100 is one of 550
            page.set_viewport_size({"width": width, "height": 800})
            for tail in ("", "course/", "plan/", "summary/", "f/between/0/monthly/"):
                page.goto(f"{base}/p/{code}/{tail}")
                assert browser.overflow(page) <= 0, (width, tail)
                if width == 320:
                    look(page, f"12-narrow-{tail.replace('/', '-')}")
    assert faults == []


@pytest.mark.chromium
def test_a_patient_on_a_phone_raises_a_suicide_item(clinic: Clinic, chromium: Browser) -> None:
    patient = clinic.ready()
    clinic.account(patient)
    for n in (1, 2):
        clinic.session(patient, n, ago=(4 - n) * DAY)
    faults: list[str] = []
    with browser.serving() as base, browser.window(chromium, 360, 740) as page:
        browser.sign_in(page, base, "patient@example.org", PASSWORD)
        page.goto(f"{base}/me/")
        assert "Nobody watches" in page.inner_text("main")
        shot(page, "20-me")
        faults += browser.violations(page)
        page.click("main >> text=QIDS-SR16 >> nth=0")
        first = page.inner_text("main")
        assert first.index("Nobody watches") < first.index("1 ")
        shot(page, "21-qids")
        faults += browser.violations(page)
        browser.answer(page, QIDS | {"item12": 2.0})
        page.click("#save")
        page.wait_for_selector("h1:has-text('Call now')")
        text = page.inner_text("main")
        assert text.index("112") < text.index("Clinician-1")
        shot(page, "22-help")
        faults += browser.violations(page)
        assert browser.overflow(page) <= 0
    assert faults == []
    page_of_risk = clinic.web().get("/risk/").content.decode()
    assert patient.code in page_of_risk


@pytest.mark.chromium
def test_a_phone_shows_benefit_and_risk_together_and_a_course_that_ends(
    clinic: Clinic, chromium: Browser
) -> None:
    patient = clinic.ready()
    for n in range(1, 14):
        clinic.session(patient, n, ago=(80 - 4 * n) * DAY)
        clinic.save(patient, "madrs", MADRS, "day1", n, ago=(79 - 4 * n) * DAY)
    faults: list[str] = []
    with browser.serving() as base, browser.window(chromium, 320, 700) as page:
        browser.sign_in(page, base, "clinician-1@example.org", PASSWORD)
        page.goto(f"{base}/p/{patient.code}/plan/")
        for option in page.locator(".options tbody tr").all():
            cells = [c.bounding_box() for c in option.locator("td").all()]
            assert len(cells) == 3  # found, costs or risks, not known with its source
            assert all(c and c["x"] >= 0 and c["x"] + c["width"] <= 320 for c in cells)
            assert "Source:" in option.inner_text()
            assert "COSTS OR RISKS" in option.inner_text().upper()
        faults += browser.violations(page)
        shot(page, "30-plan-narrow")
        page.goto(f"{base}/p/{patient.code}/course/")
        assert page.evaluate("document.documentElement.scrollHeight") < 5000
        assert browser.overflow(page) <= 0
        faults += browser.violations(page)
        page.set_viewport_size({"width": 1100, "height": 800})
        heads = page.locator(".wide svg.course").all()
        starts = {round(h.locator("path.session").first.bounding_box()["x"]) for h in heads
                  if h.is_visible()}  # fmt: skip
        assert len(starts) == 1  # every picture has its first session at the same place
    assert faults == []

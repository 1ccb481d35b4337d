"""The pages of a forecast in Chromium: legible at every width, axe finds nothing, one sheet."""

import json
import re
from pathlib import Path

import pytest

from crossblock.forecast.forecast import forecast
from crossblock.forecast.patient import patient_story
from crossblock.forecast.person_story import person_story
from crossblock.forecast.policies import compare
from crossblock.forecast.setup import setup
from crossblock.forecast.story import story
from crossblock.load.mechanism import mechanism
from crossblock.load.repeated_regimen import policy, regimen
from crossblock.report.page import render
from tests.forecast.settings import COMPOUNDS, SLOW
from tests.forecast.test_person import FADING, told
from tests.forecast.test_validation import ROWS

pytestmark = pytest.mark.chromium
TESTS = Path(__file__).parents[1]
AXE = (TESTS / "server" / "vendor" / "axe-4.14.1.min.js").read_text(encoding="utf-8")
CLIPPED_OR_CROSSED = (TESTS / "report" / "words_in_pictures.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ON = setup(
    [mechanism(n) for n in ("h1", "h3a", "h3b", "h5")],
    SLOW,
    COMPOUNDS,
    days=364.0,
    count=160,
    seed=2,
)
BENT = [policy(n) for n in ("induction-only", "weekly", "by-symptoms-with-stop", "taper")]
BASE = forecast(regimen("ketamine-induction-maintenance"), ON)
PATIENT = render(patient_story(BASE))
PAGES = {
    "policies": render(story(BASE, comparison=compare(BENT, ON), compared=ROWS)),
    "blocked": render(story(forecast(regimen("ketamine-on-naltrexone"), ON))),
    "patient": PATIENT,
    "person": render(person_story(told(FADING), FADING)),
}


@pytest.mark.parametrize("name", PAGES)
def test_it_is_whole_at_every_width_and_axe_finds_nothing(name, chromium):
    tab = chromium.new_page(viewport={"width": 1280, "height": 900})
    tab.set_content(PAGES[name])
    tab.evaluate(AXE)
    for width in (1280, 900, 640, 400, 320):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.evaluate(CLIPPED_OR_CROSSED) == [], width
        if width in {1280, 400}:
            found = tab.evaluate(
                "async (rules) => (await axe.run(document, {runOnly: rules})).violations", RULES
            )
            assert found == [], json.dumps(found)[:500]
    tab.close()


def test_the_page_of_a_patient_is_one_sheet_of_paper(chromium):
    tab = chromium.new_page()
    tab.set_content(PATIENT)
    paper = tab.pdf(format="A4", prefer_css_page_size=True)
    tab.close()
    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1

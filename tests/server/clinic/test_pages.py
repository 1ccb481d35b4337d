"""The clinicians' pages: each opens, says what stands, and names no cause and gives no advice."""

import re
from html import unescape

from tests.server.clinic.conftest import MADRS, QIDS, Clinic

PAGES = ("", "course/", "plan/", "summary/", "onboard/", "care/")


def text_of(page: object) -> str:
    plain = re.sub(r"<[^>]+>", " ", page.content.decode())  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(plain))


def test_every_page_opens_for_a_full_course(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.save(patient, "medicines", {"medicine1": "naltrexone 50 mg daily, last dose 24 h ago",
                                       "medicine2": "lamotrigine 200 mg"})  # fmt: skip
    for n in range(1, 8):
        clinic.session(patient, n, ago=24 * (60 - 4 * n))
        clinic.save(patient, "madrs", MADRS, "day1", n, ago=24 * (59 - 4 * n))
        clinic.save(patient, "qids-sr16", QIDS, "day1", n, ago=24 * (59 - 4 * n))
    web = clinic.web()
    for tail in PAGES:
        page = web.get(f"/p/{patient.code}/{tail}")
        assert page.status_code == 200, tail
    text = text_of(web.get(f"/p/{patient.code}/onboard/"))
    assert re.search(r"Naltrexone holds mu 9\d %", text)
    assert "not medical advice" in text

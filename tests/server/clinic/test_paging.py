"""Paging: every raised suicide item calls somebody, once, whatever else is wrong with the form."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from crossblock.core.errors import CrossblockError
from crossblock.server import clock, study
from crossblock.server.accounts.people import end, in_force
from crossblock.server.clinic import house, paging, saving
from crossblock.server.clinic.models import Acknowledgment, Call, Page
from crossblock.server.record.audit import verify
from crossblock.server.record.entries import Spot
from crossblock.server.record.models import Event, Version
from tests.server.clinic.conftest import MADRS, QIDS, Clinic, fill, local

PHQ9 = {f"item{i}": 1.0 for i in range(1, 10)}
SPOT = Spot(form="qids-sr16", visit="between")


def text(page: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def toml(clinic: Clinic, **changes: str) -> None:
    """Change lines of the clinic's file; a line that is not there is added at the top."""
    file = clinic.folder / "clinic.toml"
    lines = [r for r in file.read_text().splitlines() if r.split(" =")[0] not in changes]
    file.write_text("\n".join([*(f"{k} = {v}" for k, v in changes.items()), *lines]))
    house.read.cache_clear()


def leave(clinic: Clinic, *names: str) -> None:
    """Let people be inactive."""
    for name in names:
        person = clinic.person(name)
        person.is_active = False
        person.save(update_fields=("is_active",))


def called(page: Page | None) -> list[tuple[str, str]]:
    assert page is not None
    return [(c.person.email.split("@")[0], c.why) for c in page.calls.order_by("pk")]


def test_a_suicide_item_pages_the_named_person(clinic: Clinic) -> None:
    patient = clinic.enroll("clinician-2")
    page = clinic.save(patient, "qids-sr16", QIDS | {"item12": 1.0}, by="clinician-2").page
    assert page is not None
    assert called(page) == [("clinician-1", "named")]
    assert page.until - page.at == timedelta(minutes=30)
    named = clinic.web("clinician-1")
    assert patient.code in named.get("/risk/").content.decode()
    assert named.get(f"/risk/{page.pk}/").status_code == 200
    short = named.post(f"/risk/{page.pk}/", {"text": "ok"})
    assert short.status_code == 422
    done = named.post(f"/risk/{page.pk}/", {"text": "Called at once; with family, safe."})
    assert done.status_code == 302
    assert Acknowledgment.objects.get().page_id == page.pk
    with pytest.raises(CrossblockError, match="already"):
        paging.acknowledge(clinic.actor(), page, "again, for good measure")


def test_only_a_raised_suicide_item_pages(clinic: Clinic) -> None:
    patient = clinic.enroll()
    assert clinic.save(patient, "madrs", MADRS).page is None
    assert clinic.save(patient, "madrs", MADRS | {"item10": 1.0}, repeat=2).page is not None
    assert clinic.save(patient, "cssrs-screener", {"item1": 1.0, "item2": 1.0}).page is not None
    assert paging.raised("diagnosis", {"item10": 3.0}) == {}


def test_a_page_of_risk_is_closed_to_others(clinic: Clinic) -> None:
    patient = clinic.enroll()
    page = clinic.save(patient, "qids-sr16", QIDS | {"item12": 3.0}).page
    assert page is not None
    for name in ("clinician-2", "lead", "admin-1"):
        assert clinic.web(name).get(f"/risk/{page.pk}/").status_code == 404
    for name in ("clinician-2", "lead"):
        with pytest.raises(CrossblockError):
            paging.acknowledge(clinic.actor(name), page, "not mine to answer")


def test_the_patient_who_raises_it_sees_whom_to_call_first(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.account(patient)
    web = clinic.web("patient")
    path = f"/p/{patient.code}/f/between/0/qids-sr16/"
    form = web.get(path).content.decode()
    assert form.index("Nobody watches these answers") < form.index("<fieldset")
    page = web.get(fill(web, path, QIDS | {"item12": 3.0})["Location"]).content.decode()
    assert page.index("112") < page.index("not watched at once")
    assert Page.objects.get().participant_id == patient.pk


# ---- nobody to page -------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["nobody", "inactive", "no role"])
def test_without_the_named_person_everybody_who_cares_is_paged(clinic: Clinic, why: str) -> None:
    patient = clinic.ready("clinician-2")
    saving.share(clinic.actor("clinician-2"), patient, clinic.person("nurse"), True, "")
    clinic.account(patient)
    if why == "nobody":
        toml(clinic, page_to='"gone@example.org"')
    elif why == "inactive":
        leave(clinic, "clinician-1")
    else:
        end(clinic.actor("admin-1"), in_force(clinic.person("clinician-1")).get(), "left")
    web = clinic.web("patient")
    answer = fill(web, f"/p/{patient.code}/f/between/0/qids-sr16/", QIDS | {"item12": 2.0})
    assert answer.status_code == 302
    assert "Call now" in text(web.get(answer["Location"]))
    page = Page.objects.get()
    assert called(page) == [("clinician-2", "cares"), ("nurse", "cares")]
    for name in ("clinician-2", "nurse"):
        assert patient.code in text(clinic.web(name).get("/risk/"))
    done = clinic.web("nurse").post(f"/risk/{page.pk}/", {"text": "Rang her; she is with family."})
    assert done.status_code == 302


def test_without_anybody_who_cares_the_leads_are_paged(clinic: Clinic) -> None:
    patient = clinic.ready()
    leave(clinic, "clinician-1")
    page = paging.judge(clinic.actor("clinician-1"), patient, SPOT, {"item12": 2.0})
    assert called(page) == [("lead", "leads")]
    assert page is not None
    lead = clinic.web("lead")
    assert patient.code in text(lead.get("/risk/"))
    assert lead.get(f"/risk/{page.pk}/").status_code == 200
    assert lead.get(f"/p/{patient.code}/").status_code == 404  # the page alone, not the patient
    sent = {"text": "Rang the doctor on call, who went there."}
    assert lead.post(f"/risk/{page.pk}/", sent).status_code == 302


def test_with_nobody_at_all_the_answer_is_kept_and_the_patient_told(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.account(patient)
    leave(clinic, "clinician-1", "lead")
    web = clinic.web("patient")
    answer = fill(web, f"/p/{patient.code}/f/between/0/qids-sr16/", QIDS | {"item12": 2.0})
    assert "Nobody here could be called" in text(web.get(answer["Location"]))
    assert Version.objects.filter(entry__form="qids-sr16", entry__visit="between").count() == 1


def test_what_stands_in_the_way_is_said(clinic: Clinic) -> None:
    assert not [d for d in paging.doubts() if "page_to" in d]
    for email in ("gone@example.org", "admin-1@example.org"):
        toml(clinic, page_to=f'"{email}"', escalate_to=f'"{email}"', page_command='["/no/such"]')
        said = " ".join(paging.doubts())
        assert f"page_to: {email} is no active person" in said
        assert f"escalate_to: {email} is no active person" in said
        assert "/no/such cannot be run" in said
    assert f"page_to: {email}" in text(clinic.web().get("/risk/"))


# ---- not saved, or not yet ------------------------------------------------------------------


def test_a_half_filled_form_pages_at_once_and_only_once(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.account(patient)
    web, path = clinic.web("patient"), f"/p/{patient.code}/f/between/0/phq9/"
    half = fill(web, path, {"item1": 2.0, "item9": 3.0})
    assert half.status_code == 422
    source = half.content.decode()
    assert source.index("Call now") < source.index("not answered") < source.index("<fieldset")
    assert source.index("112") < source.index("<fieldset")
    assert re.search(r'name="q-item9" value="3" checked', source)
    page = Page.objects.get()
    assert (called(page), page.version) == ([("clinician-1", "named")], None)
    assert "was not saved then" in text(clinic.web().get(f"/risk/{page.pk}/"))
    help_page = text(web.get(f"/me/help/{page.pk}/"))
    assert "What you typed is kept" in help_page
    whole = fill(web, path, PHQ9 | {"item9": 3.0})
    assert whole["Location"] == f"/me/help/{page.pk}/"
    assert Page.objects.count() == Call.objects.count() == 1
    assert "Your answers are stored" in text(web.get(whole["Location"]))
    assert verify(study.current()).faults == []


@pytest.mark.parametrize(
    "wrong", [{"occurred": "soon"}, {"occurred": local(-24)}, {"q-item1": "nine"}]
)
def test_a_refused_form_pages_too(clinic: Clinic, wrong: dict[str, str]) -> None:
    patient = clinic.ready()
    clinic.account(patient)
    path = f"/p/{patient.code}/f/between/0/qids-sr16/"
    answer = fill(clinic.web("patient"), path, QIDS | {"item12": 3.0}, **wrong)
    assert answer.status_code == 422
    assert "Call now" in text(answer)
    assert Page.objects.count() == 1


def test_a_draft_pages_once(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.account(patient)
    web, path = clinic.web("patient"), f"/p/{patient.code}/f/between/0/phq9/"
    for _ in range(3):
        kept = text(web.post(f"{path}draft/", {"q-item9": "1"}))
        assert kept.index("112") < kept.index("Draft kept")
    assert Page.objects.count() == 1
    web.post(f"{path}draft/", {"q-item9": "3"})  # graver than what somebody was called for
    web.post(f"{path}draft/", {"q-item9": "1"})
    assert Page.objects.count() == 2
    assert "Draft kept" in text(web.post(f"{path}draft/", {"q-item1": "1"}))
    fill(web, path, PHQ9 | {"item9": 3.0})
    assert Page.objects.count() == 2
    again = fill(web, path, PHQ9 | {"item9": 1.0})  # another questionnaire is another answer
    assert again.status_code == 302
    assert Page.objects.count() == 3


def test_a_correction_does_not_page_again(clinic: Clinic) -> None:
    patient, web = clinic.enroll(), clinic.web()
    path = f"/p/{patient.code}/f/intake/0/madrs/"
    first = fill(web, path, MADRS | {"item10": 2.0})
    again = fill(web, path, MADRS | {"item10": 2.0, "item1": 4.0}, reason="mistyped")
    assert first["Location"] == again["Location"]
    assert Page.objects.count() == 1


# ---- nobody answered in time ----------------------------------------------------------------


def test_a_page_that_nobody_answers_goes_to_the_second_person(clinic: Clinic) -> None:
    toml(clinic, escalate_to='"clinician-2@example.org"')
    patient = clinic.enroll()
    page = clinic.save(patient, "madrs", MADRS | {"item10": 4.0}).page
    assert page is not None
    assert paging.escalate() == 0
    with clock.pretending(page.until + timedelta(minutes=1)):
        assert (paging.escalate(), paging.escalate()) == (1, 0)
    assert called(page) == [("clinician-1", "named"), ("clinician-2", "second")]
    second = clinic.web("clinician-2")
    assert patient.code in text(second.get("/risk/"))
    with clock.pretending(page.until + timedelta(minutes=2)):
        said = text(second.get(f"/risk/{page.pk}/"))
    first, later = said.split("Who was paged")[1].split("Whom to call")[0].split("Clinician-2")
    assert "late" in first
    assert "late" not in later  # the second has time yet
    assert "second person, since nobody had answered" in later
    sent = {"text": "Went there with the ambulance."}
    assert second.post(f"/risk/{page.pk}/", sent).status_code == 302
    event = Event.objects.get(action="risk.escalate")
    assert (event.actor, event.participant) == ("server", patient.code)
    assert verify(study.current()).faults == []


def test_an_answered_page_is_not_escalated(clinic: Clinic) -> None:
    toml(clinic, escalate_to='"clinician-2@example.org"')
    page = clinic.save(clinic.enroll(), "madrs", MADRS | {"item10": 4.0}).page
    assert page is not None
    paging.acknowledge(clinic.actor(), page, "Seen at once, safe.")
    with clock.pretending(page.until + timedelta(hours=1)):
        assert paging.escalate() == 0


def test_without_the_second_person_whoever_was_not_called_is(clinic: Clinic) -> None:
    toml(clinic, escalate_to='"gone@example.org"')
    patient = clinic.enroll()
    page = clinic.save(patient, "madrs", MADRS | {"item10": 4.0}).page
    assert page is not None
    with clock.pretending(page.until + timedelta(minutes=1)):
        assert (paging.escalate(), paging.escalate()) == (1, 0)
    assert called(page)[1:] == [("lead", "second")]


def test_the_trail_opens_after_a_raised_item_and_with_a_fact_called_items(clinic: Clinic) -> None:
    page = clinic.save(clinic.enroll(), "qids-sr16", QIDS | {"item12": 2.0}).page
    assert page is not None
    with paging.writing(clinic.actor(), "clinic.save", paging.THING, checked=True) as entry:
        entry.say(items=["item12"])  # as earlier releases wrote it
    trail = clinic.web("lead").get("/audit/")
    assert trail.status_code == 200
    assert "raised: ['item12']" in text(trail)
    assert "items: ['item12']" in text(trail)

"""The quality board counts what the record holds, at any time, for those too who are gone."""

from datetime import UTC, datetime, timedelta

from crossblock.server import clock
from crossblock.server.clinic import quality, tally
from crossblock.server.clinic.course import read
from crossblock.server.clinic.models import Mark, Tally
from tests.server.clinic.conftest import DOSE, MADRS, QIDS, Clinic

DAYS = (0.0, 0.9, 1.1, 2.1, 9.0, 28.5, 41.0, 43.0, 57.0, 200.0)


def rows() -> dict[str, tuple[int, int]]:
    return {s.what: (s.part, s.whole) for s in quality.board()}


def later(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def test_shares(clinic: Clinic) -> None:
    clinic.enroll()
    patient = clinic.ready()
    clinic.session(patient, 1, ago=100)
    found = rows()
    assert found["basis"] == (1, 2)
    assert found["before.whole"] == (1, 1)
    assert found["before.suicide"] == (0, 1)
    assert found["session.vitals"] == (3, 3)
    assert found["session.cadss6"] == (0, 1)
    assert found["after.clinician"] == found["after.own"] == (0, 1)
    assert found["overrides"] == (0, 1)


def test_the_board_is_right_at_any_time_without_another_save(clinic: Clinic) -> None:
    """What is read at a later time equals what is worked out from nothing at that time."""
    for n, sessions in enumerate((1, 2, 7, 3)):
        patient = clinic.ready()
        for k in range(1, sessions + 1):
            clinic.session(patient, k, ago=24 * 4 * (sessions - k) + 5 * n + 0.5)
            if k < sessions or n == 3:
                clinic.save(patient, "madrs", MADRS, "day1", k, ago=0.1)
    for days in DAYS:
        with clock.pretending(later(days)):
            held = quality.board()
            for one in Tally.objects.select_related("participant"):
                tally.write(read(one.participant), one.participant)
            assert quality.board() == held, days


def test_dropping_out_shows_although_nobody_saves_again(clinic: Clinic) -> None:
    gone = clinic.ready()
    clinic.session(gone, 1, ago=1)
    assert rows()["six.stopped"] == (0, 0)
    assert rows()["after.clinician"] == (0, 0)
    assert "1 still within" in next(s.note for s in quality.board() if s.what == "six.stopped")
    with clock.pretending(later(3)):
        assert rows()["after.clinician"] == (0, 1)
    with clock.pretending(later(200)):
        assert rows()["six.stopped"] == (1, 1)
        assert rows()["month.monthly"] == (0, 1)
        assert not any(s.note for s in quality.board())


def test_a_baseline_after_the_first_dose_is_none(clinic: Clinic) -> None:
    patient = clinic.enroll()
    reason = {"reason": "in danger tonight; interview booked for tomorrow"}
    clinic.web().post(f"/p/{patient.code}/override/", reason)
    clinic.save(patient, "dose", DOSE, "session", 1, ago=2)
    for form, answers in (("madrs", MADRS), ("qids-sr16", QIDS)):
        clinic.save(patient, form, answers, ago=1)
    found = rows()
    assert found["before.whole"] == found["before.own"] == (0, 1)
    assert found["overrides"] == (1, 1)


def test_shares_carry_an_interval_and_published_counts(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24 * 60)
    page = clinic.web("lead").get("/quality/").content.decode()
    assert "no published figure found" in page
    assert "24 of 41" in page
    assert "59\u00a0% (43 to 72)" in page
    assert page.count("<svg") == 2
    assert "Least often there" in page


def test_nobody_is_no_share(clinic: Clinic) -> None:
    assert {s.percent for s in quality.board()} == {"–"}
    assert quality.finding(quality.board()) == "Nothing is required yet"
    assert quality.overrides() == []
    assert quality.unanswered() == 0


def test_every_mark_has_a_row_on_the_board(clinic: Clinic) -> None:
    patient = clinic.ready()
    low = dict.fromkeys(MADRS, 0.0)
    for n in range(1, 8):
        clinic.session(patient, n, ago=24 * (60 - 3 * n))
        clinic.save(patient, "madrs", low, "day1", n, ago=24 * (59 - 3 * n))
    shown = {what for what, _, _ in quality.ROWS}
    marked = set(Mark.objects.values_list("what", flat=True))
    assert marked == shown - {"plan"}
    assert rows()["six.responded"] == rows()["six.rated"] == (1, 1)

"""The clinic's own forms: unique questions, and every form that is due has one."""

from crossblock.server.clinic import due, saving
from crossblock.server.clinic.sheets import OWN_SHEETS, sheet, title


def test_questions_are_unique_and_labeled() -> None:
    for form in OWN_SHEETS.values():
        ids = [q.id for q in form.questions]
        assert len(set(ids)) == len(ids)
        assert all(q.label for q in form.questions)


def test_every_form_that_may_be_filled_exists() -> None:
    for forms in (*due.ALLOWED.values(), saving.OWN):
        for form in forms:
            assert sheet(form) is not None, form
            assert title(form)
    assert sheet("nothing") is None

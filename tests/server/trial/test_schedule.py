"""Which form is whose, and when: what could tell the condition is never the outcome rater's."""

from datetime import UTC, datetime, timedelta

from crossblock.load import catalog, instrument
from crossblock.load.conduct import read as read_conduct
from crossblock.load.protocol import read as read_protocol
from crossblock.server.roles import Role, Thing
from crossblock.server.trial import schedule

PROTOCOL = read_protocol("williams-2018")
CONDUCT = read_conduct("one-site")


def test_revealing_instruments_are_kept_from_the_outcome_rater() -> None:
    for name in catalog.names("instruments"):
        found = instrument.read(name)
        if str(found.family) in {"dissociation", "opioid_like", "safety"}:
            for kind in ("baseline", "session", "outcome"):
                assert schedule.thing_of(found, kind) is not Thing.OUTCOME_FORMS, name


def test_who_fills_what() -> None:
    def thing(name: str, kind: str) -> Thing:
        return schedule.thing_of(instrument.read(name), kind)

    assert thing("hamd17", "outcome") is Thing.OUTCOME_FORMS
    assert thing("hamd17", "session") is Thing.SESSION_FORMS
    assert thing("cadss", "baseline") is Thing.SESSION_FORMS
    assert thing("session-vitals", "session") is Thing.EVENTS
    assert thing("qids-sr16", "outcome") is Thing.SELF_FORMS
    assert thing("blinding-guess", "outcome") is Thing.GUESS
    assert thing("expectancy", "baseline") is Thing.SELF_FORMS  # one person expects, not three


def test_each_place_is_unique_and_every_period_has_the_guesses() -> None:
    every = schedule.places(PROTOCOL, CONDUCT)
    assert len({(p.form, p.visit, p.period, p.rater) for p in every}) == len(every)
    for period in (1, 2):
        guesses = {p.rater for p in every if p.form == "blinding-guess" and p.period == period}
        assert guesses == {Role.PARTICIPANT, Role.SESSION_RATER, Role.OUTCOME_RATER}
    assert not any(p.form == "adverse-events" for p in every)


def test_expectancy_is_the_participants_alone() -> None:
    every = schedule.places(read_protocol("settling-trial"), CONDUCT)
    asked = [p for p in every if p.form == "expectancy"]
    assert asked
    assert {(p.thing, p.rater) for p in asked} == {(Thing.SELF_FORMS, "")}
    assert len(asked) == len({(p.visit, p.period) for p in asked})


def test_dues_count_from_the_drug() -> None:
    start = datetime(2026, 3, 1, 9, tzinfo=UTC)
    found = {d.visit.id: d for d in schedule.dues(PROTOCOL, {1: start})}
    assert found["d1"].due == start + timedelta(minutes=45, days=1)
    assert found["baseline"].due == start - timedelta(days=1)
    assert [d.due for d in schedule.dues(PROTOCOL, {1: start})] == sorted(
        d.due for d in found.values()
    )


def test_windows_of_the_protocol_are_judged() -> None:
    nimh = read_protocol("nimh-ketamine-saline")
    start = datetime(2026, 3, 1, 9, tzinfo=UTC)
    due = schedule.due_at(nimh, nimh.visit("d2"), 1, start)
    assert due.judged
    assert (due.earliest, due.latest) == (start + timedelta(days=2), start + timedelta(days=3))

"""Ways to a form: which one an address means, where it is corrected, where it is measured again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest

from crossblock.server import study
from crossblock.server.pages.access import refuse
from crossblock.server.record.models import Entry, Participant, Version
from crossblock.server.roles import Actor, Thing
from crossblock.server.study import Study
from crossblock.server.trial.agenda import Key, fills
from crossblock.server.trial.procedures import THINGS
from crossblock.server.trial.schedule import Place, places_of
from crossblock.server.trial.state import Standing


@lru_cache(maxsize=4)
def _scheduled(current: Study) -> Mapping[Key, Place]:
    return {(p.form, p.visit, p.period, p.rater): p for p in places_of(current)}


def place_at(person: Participant, period: int, visit: str, form: str, rater: str) -> Place | None:
    """Return the scheduled place of a form, or one of the forms that are not scheduled."""
    now = study.current()
    rater = rater.replace("-", " ")
    found = _scheduled(now).get((form, visit, period, rater))
    if found is not None:
        return found
    if not 1 <= period <= now.protocol.periods or rater:
        return None
    forms = now.conduct.forms
    if form == forms.event and visit == "unscheduled":
        return Place(form=form, visit="", period=period, thing=Thing.EVENTS)
    if form == forms.screener and visit in now.protocol.visit_ids:
        return Place(form=form, visit=visit, period=period, thing=Thing.SCREENER)
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A link that somebody may follow."""

    words: str
    path: str


def is_measured_again(place: Place) -> bool:
    """Tell whether a form may be filled several times at its visit, each a record of its own.

    So are vital signs, and in a session whatever a limit before discharge goes by: the first rating
    is the one of the schedule and stays, whatever is measured until somebody may go home.
    """
    now = study.current()
    if place.visit not in now.protocol.visit_ids:
        return False
    if now.instrument(place.form).repeats == "time":
        return True
    limits = {limit.instrument for limit in now.conduct.safety.discharge}
    return now.protocol.visit(place.visit).kind == "session" and place.form in limits


def number_of(request: HttpRequest, person: Participant, place: Place, wanted: int) -> int:
    """Return which record of a place a request is about, `wanted` 0 for none named.

    An event is the next one, unless this very form was sent before. What can be measured again is
    the next measurement when it is opened, and the first when it is sent without a number, so that
    two people who fill the first at the same time see each other's.
    """
    event, again = place.visit == "", is_measured_again(place)
    last = _last(person, place) if event or again else 0
    if wanted > 1 and (not (event or again) or wanted > last + 1):
        refuse(request.actor, request)
    if wanted or not (event or again):
        return wanted or 1
    if event:
        sent = Version.objects.filter(
            entry__participant=person, entry__form=place.form, key=request.POST.get("key", "-")[:64]
        )
        return sent.values_list("entry__repeat", flat=True).first() or last + 1
    return last + 1 if request.method == "GET" else 1


def _last(person: Participant, place: Place) -> int:
    rows = person.entries.filter(form=place.form, visit=place.visit, period=place.period)
    return rows.order_by("-repeat").values_list("repeat", flat=True).first() or 0


def correction(
    actor: Actor,
    person: Participant,
    where: tuple[str, str, int, str, int],
    *,
    rating: bool = True,
) -> str:
    """Return the address at which somebody corrects a form, "" when it is not theirs to correct.

    where: form, visit, period, rater, repeat. rating: whether they still rate this participant.
    """
    form, visit, period, rater, repeat = where
    if form in THINGS:
        tail = f"{period}/" if period else ""
        may = actor.may("w", THINGS[form][0], person.site)
        return f"/p/{person.code}/{form}/{tail}" if may else ""
    place = place_at(person, period, visit or "unscheduled", form, rater)
    if place is None or not fills(actor, place, person):
        return ""
    if place.thing is Thing.OUTCOME_FORMS and not rating:
        return ""
    numbered = visit == "" or is_measured_again(place)
    return f"/p/{person.code}/{place.path}" + (f"{repeat}/" if numbered else "")


def correction_of(actor: Actor, person: Participant, entry: Entry, *, rating: bool = True) -> str:
    """Return the address at which somebody corrects an entry, or ""."""
    where = (entry.form, entry.visit, entry.period, entry.rater, entry.repeat)
    return correction(actor, person, where, rating=rating)


def measured_again(actor: Actor, person: Participant, here: Standing) -> list[Way]:
    """Return the measurements that somebody may add now: of sessions that nobody has left yet."""
    return list(_again(actor, person, here))


def _again(actor: Actor, person: Participant, here: Standing) -> Iterator[Way]:
    running = [p for p in sorted(here.started) if ("discharged", p) not in here.done]
    if not running or here.next is None:
        return
    now = study.current()
    mine = [p for p in places_of(now) if p.period in running and is_measured_again(p)]
    mine = [p for p in mine if fills(actor, p, person)]
    there = set(person.entries.values_list("form", "visit", "period")) if mine else set()
    for place in mine:
        if (place.form, place.visit, place.period) in there:
            name = now.instrument(place.form).short_name
            visit = now.protocol.visit(place.visit).label
            words = f"{name}, {visit}, period {place.period}"
            yield Way(words=words, path=f"/p/{person.code}/{place.path}")

"""Where a participant stands, read from the record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crossblock.server.record.models import Participant, Step, Version
from crossblock.server.roles import Actor, Thing
from crossblock.server.trial import flow
from crossblock.server.trial.models import Alert, Lock, RaterOff


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The steps that somebody has taken."""

    done: frozenset[flow.Mark]
    started: Mapping[int, datetime]
    detail: Mapping[flow.Mark, Mapping[str, Any]]
    periods: int

    @property
    def next(self) -> flow.Mark | None:
        return flow.next_step(self.done, self.periods)

    @property
    def words(self) -> str:
        return flow.state(self.done, self.periods)

    @property
    def randomized(self) -> bool:
        return ("randomized", 0) in self.done


def standing(participant: Participant, periods: int) -> Standing:
    """Return where a participant stands."""
    return of_steps(list(Step.objects.filter(participant=participant)), periods)


def of_steps(steps: list[Step], periods: int) -> Standing:
    """Return where somebody with these steps stands."""
    return Standing(
        done=frozenset((s.name, s.period) for s in steps),
        started={s.period: s.occurred for s in steps if s.name == "started"},
        detail={(s.name, s.period): json.loads(s.detail) for s in steps},
        periods=periods,
    )


def visible(actor: Actor, thing: Thing = Thing.PARTICIPANTS) -> Any:
    """Return the participants that somebody may see at all, by site."""
    sites = actor.sites("rw", thing)
    found = Participant.objects.all()
    return found if "" in sites else found.filter(site__in=sites)


def under_way(actor: Actor) -> Any:
    """Return the participants that somebody may see who are neither through nor have left."""
    return visible(actor).exclude(steps__name__in=flow.ENDS)


def locked() -> bool:
    """Tell whether the study is locked."""
    return bool(Lock.objects.exists())


def open_alerts(participant: Participant) -> Any:
    """Return the alerts that nobody has acted on yet."""
    return Alert.objects.filter(participant=participant, note__isnull=True).order_by("seq")


def rates(actor: Actor, participant: Participant) -> bool:
    """Tell whether somebody still rates this participant (not after a code break)."""
    return not RaterOff.objects.filter(participant=participant, person_id=actor.person_id).exists()


def baseline_answers(participant: Participant, form: str, period: int, visits: list[str]) -> Any:
    """Return the newest answers of a form at the first of `visits` that has any, or {}."""
    for visit in visits:
        found = (
            Version.objects.filter(
                entry__participant=participant,
                entry__form=form,
                entry__visit=visit,
                entry__period=period,
            )
            .order_by("-number")
            .first()
        )
        if found is not None:
            return json.loads(found.content).get("answers", {})
    return {}

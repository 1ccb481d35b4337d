"""Template marks: times with their zone, numbers with a real minus sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html, format_html_join

from crossblock.load import catalog, instrument
from crossblock.server import clock, study
from crossblock.server.trial.schedule import Place

register = template.Library()


@register.filter
@lru_cache(maxsize=8192)
def when(moment: datetime | str | None, zone: str = "UTC") -> str:
    """Return a moment as people read it, always with its zone: 21 Nov 2026, 14:02 (UTC)."""
    if not moment:
        return "–"
    known = clock.moment(moment) if isinstance(moment, str) else moment
    local = known.astimezone(ZoneInfo(zone))
    text = f"{local.day} {local:%b %Y, %H:%M} ({local:%Z})"
    return str(
        format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), text)
    )


@register.filter
def number(value: object) -> str:
    """Return a number as it is printed: no trailing zeros, a real minus sign, – for none."""
    if value is None or value == "":
        return "–"
    return f"{float(str(value)):g}".replace("-", "\u2212")


@register.filter
def form_name(form: str) -> str:
    """Return the short name of a form: HAM-D17 for hamd17; a procedure keeps its own."""
    if form not in catalog.names("instruments"):
        return form.capitalize()
    return str(instrument.read(form).short_name)


@register.filter
def form_links(places: Sequence[Place], code: str) -> str:
    """Return a link to each form of a participant, with commas between them."""
    links = ((code, p.path, form_name(p.form)) for p in places)
    return format_html_join(", ", '<a href="/p/{}/{}">{}</a>', links)


@register.filter
def dot(point: Mapping[str, Any]) -> str:
    """Return one dot of the axis, with its words as its title."""
    mark = point["mark"]
    at = mark.at.astimezone(UTC)
    return format_html(
        '<circle cx="{}" cy="{}" r="5" class="{}"><title>{}, {} UTC</title></circle>',
        point["x"], point["y"], mark.state, mark.words, f"{at.day} {at:%b %Y %H:%M}",
    )  # fmt: skip


@register.filter
def visit_name(visit: str) -> str:
    """Return a visit's name in the protocol: Day 1 for d1; what belongs to none is unscheduled."""
    return study.current().protocol.visit(visit).label if visit else "unscheduled"


@register.filter
def at(mapping: dict[str, object], key: str) -> object:
    """Return `mapping[key]`, or nothing."""
    return mapping.get(key, "")

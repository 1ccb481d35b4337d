"""A story as one HTML page: no script, no network, no inline style, readable and printable."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from crossblock.report.story import Story


@cache
def _text(name: str) -> str:
    return files("crossblock.report").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["picture"] = Markup  # our own SVG, made by `report.svg`
    return environment.from_string(_text("page.html"))


def policy(css: str) -> str:
    """Return the content security policy that lets through this style sheet and nothing else."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def render(story: Story) -> str:
    """Return `story` as a self-contained HTML page; the same story gives the same bytes."""
    css = _text("page.css")
    amber = {a.key: a for a in story.assumed}
    numbers = {a.key: k for k, a in enumerate(story.assumed, start=1)}
    return _template().render(
        story=story, css=Markup(css), policy=Markup(policy(css)), amber=amber, numbers=numbers
    )

"""A clean SVG from what the plotting library wrote: smaller, named, safe under a strict CSP.

The library's output carries class names, per-mark roles, a font on every word and clip-path ids
that count up over the life of the process. Here those go: ids are numbered within the figure (so
that two figures share a page, and the same figure gives the same bytes twice), `style` attributes
become presentation attributes, and the picture as a whole gets a name and a description.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from crossblock.report.theme import FONT

SVG = "http://www.w3.org/2000/svg"
DROPPED = {"class", "role", "pointer-events", "font-family", "version", "cursor"}
DEFAULTS = {"opacity": "1", "fill-opacity": "1", "stroke-opacity": "1", "font-weight": "normal"}
INVISIBLE = {"", "M0,0h0v0h0Z"}
LONG_DECIMAL = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?|-?\d+(?:\.\d+)?e-\d+")
URL = re.compile(r"url\(#([^)]+)\)")

ET.register_namespace("", SVG)


def clean(raw: str, *, name: str, title: str, description: str, width: int = 0) -> str:
    """Return `raw` as an SVG that can be put into a page under the id `name`.

    The result has no scripts, no `style` attributes and no links; its text is text; `title` and
    `description` are what a screen reader says in place of the picture.
    """
    root = ET.fromstring(raw)  # the library's own output, never a user's file
    ids = _ids(root, name)
    for element in root.iter():
        _tidy(element, ids)
    _prune(root)
    _name(root, name, title, description)
    _widen(root, width)
    return ET.tostring(root, encoding="unicode", short_empty_elements=True)


def _ids(root: ET.Element, name: str) -> dict[str, str]:
    found = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
    return {old: f"{name}-{k}" for k, old in enumerate(found)}


def _tidy(element: ET.Element, ids: dict[str, str]) -> None:
    attributes = dict(element.attrib)
    for part in attributes.pop("style", "").split(";"):
        key, _, value = part.partition(":")
        if value:
            attributes.setdefault(key.strip(), value.strip())
    element.attrib.clear()
    for key, value in attributes.items():
        if key in DROPPED or key.startswith("aria-") or DEFAULTS.get(key) == value:
            continue
        if key == "id":
            value = ids[value]
        value = URL.sub(lambda m: f"url(#{ids[m.group(1)]})", value)
        element.set(key, LONG_DECIMAL.sub(_round, value))


def _round(match: re.Match[str]) -> str:
    text = f"{float(match.group()):.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _invisible(element: ET.Element) -> bool:
    tag = element.tag.removeprefix(f"{{{SVG}}}")
    if element.attrib.get("display") == "none":
        return True
    if tag == "path":
        unpainted = not ({"fill", "stroke"} & element.attrib.keys())
        return element.attrib.get("d", "") in INVISIBLE or unpainted
    return tag in {"g", "defs"} and len(element) == 0


def _prune(element: ET.Element) -> None:
    """Drop what draws nothing, and lift the children of groups that say nothing."""
    kept: list[ET.Element] = []
    for child in list(element):
        _prune(child)
        if _invisible(child):
            continue
        bare = child.tag == f"{{{SVG}}}g" and not child.attrib
        kept.extend(list(child) if bare else [child])
    for child in list(element):
        element.remove(child)
    element.extend(kept)


def _name(root: ET.Element, name: str, title: str, description: str) -> None:
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    root.set("font-family", FONT)
    for at, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(f"{{{SVG}}}{tag}", {"id": f"{name}-{tag}"})
        element.text = text
        root.insert(at, element)


def _widen(root: ET.Element, width: int) -> None:
    """Give every picture of a page the same width, so that all words come out at one size."""
    drawn, height = float(root.get("width", "0")), root.get("height", "0")
    full = max(drawn, float(width))
    root.set("width", f"{full:g}")
    root.set("viewBox", f"0 0 {full:g} {height}")

"""Strokes put together: layers over each other, views beside and below each other.

The plotting library builds and checks each stroke; putting them together is done here on plain
specifications, because the library copies everything below a node each time a node is made (a
picture of four panels took seconds).
"""

from __future__ import annotations

from typing import Any

View = dict[str, Any]


def view(part: Any) -> View:
    """Return the specification of a stroke, or of what is composed already."""
    if isinstance(part, dict):
        return part
    spec: View = part.to_dict(validate=False)
    return {key: value for key, value in spec.items() if key not in {"$schema", "config"}}


def layer(*parts: Any, size: tuple[int, int] | None = None, own: tuple[str, ...] = ()) -> View:
    """Return `parts` over each other in a view of `size` px; scales named in `own` stay apart."""
    out: View = {"layer": [view(p) for p in parts]}
    if size is not None:
        out["width"], out["height"] = size
    if own:
        out["resolve"] = {"scale": dict.fromkeys(own, "independent")}
    return out


def row(*views: Any, spacing: int) -> View:
    """Return views beside each other, their scales apart."""
    return _joined("hconcat", views, spacing)


def column(*views: Any, spacing: int) -> View:
    """Return views below each other, their scales apart."""
    return _joined("vconcat", views, spacing)


def _joined(how: str, views: tuple[Any, ...], spacing: int) -> View:
    resolve = {"scale": {"x": "independent", "y": "independent", "color": "independent"}}
    return {how: [view(v) for v in views], "spacing": spacing, "resolve": resolve}

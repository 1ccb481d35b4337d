"""Tests mirror the tree: every module has its test file, or its room's tests use it by name.

A module of one noun has `tests/<package>/test_<module>.py`. A module that is part of a room (a
package of its own, like the conduct record) may be shown by the room's tests instead, when one of
them imports it by name.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "crossblock"
# Files without behavior of their own: package markers, entry points, framework declarations.
EXEMPT = {"__init__.py", "__main__.py", "apps.py", "urls.py", "wsgi.py"}
IMPORTED = re.compile(
    r"^\s*(?:from\s+(crossblock[\w.]*)\s+import\s+(.+)|import\s+(crossblock[\w.]*))"
)


def named_in(folder: Path) -> set[str]:
    """Return every crossblock module that a test under `folder` imports by name."""
    names: set[str] = set()
    for test in folder.rglob("*.py"):
        text = test.read_text(encoding="utf-8").replace("(\n", "(")
        for line in re.sub(r",\s*\n\s*", ", ", text).splitlines():
            match = IMPORTED.match(line)
            if match is None:
                continue
            whole = match[1] or match[3]
            names.add(whole)
            parts = (match[2] or "").strip("()").split(",")
            names |= {f"{whole}.{p.split(' as ')[0].strip()}" for p in parts}
    return names


def test_every_module_has_its_mirror() -> None:
    shown: dict[str, set[str]] = {}
    missing = []
    for module in sorted(SOURCE.rglob("*.py")):
        inside = module.relative_to(SOURCE)
        if module.name in EXEMPT or "migrations" in module.parts:
            continue
        if (ROOT / "tests" / inside.parent / f"test_{module.name}").exists():
            continue
        room = inside.parts[0]
        used = shown.setdefault(room, named_in(ROOT / "tests" / room))
        if "crossblock." + ".".join(inside.with_suffix("").parts) not in used:
            missing.append(str(inside))
    assert missing == []


def test_no_drawers() -> None:
    drawers = {"utils", "helpers", "common", "misc", "manager", "util", "helper"}
    found = [str(p.relative_to(SOURCE)) for p in SOURCE.rglob("*.py") if p.stem in drawers]
    assert found == []

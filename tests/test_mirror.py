"""Tests mirror the tree: every module has its test file at the same place."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "crossblock"
# Files without behavior of their own: package markers, entry points, framework declarations.
EXEMPT = {"__init__.py", "__main__.py", "apps.py", "urls.py", "wsgi.py"}


def test_every_module_has_its_mirror() -> None:
    missing = [
        str(module.relative_to(SOURCE))
        for module in sorted(SOURCE.rglob("*.py"))
        if module.name not in EXEMPT
        and "migrations" not in module.parts
        and not (
            ROOT / "tests" / module.relative_to(SOURCE).parent / f"test_{module.name}"
        ).exists()
    ]
    assert missing == []


def test_no_drawers() -> None:
    drawers = {"utils", "helpers", "common", "misc", "manager", "util", "helper"}
    found = [str(p.relative_to(SOURCE)) for p in SOURCE.rglob("*.py") if p.stem in drawers]
    assert found == []

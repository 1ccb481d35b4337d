"""The plain install works: nothing outside an extra's own modules needs that extra."""

import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "crossblock"
EXTRAS = ("jax", "jaxlib", "blackjax", "distributed", "django", "allauth", "psycopg")
# The modules that are their extra's door.
DOORS = ("server", "backend_jax", "cluster", "smc", "prove", "clinic", "theater", "leak")

WALL = """
import importlib, sys
blocked = set(sys.argv[1].split(","))
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Wall())
"""
LOAD = """
failed = []
for name in sys.argv[2:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        failed.append(f"{name}: {error}")
print("\\n".join(failed))
"""


def test_every_module_outside_the_extras_loads_without_them() -> None:
    names = [
        "crossblock." + ".".join(p.relative_to(SOURCE).with_suffix("").parts)
        for p in sorted(SOURCE.rglob("*.py"))
        if p.name not in ("__init__.py", "__main__.py")
        and not any(door in part for part in p.relative_to(SOURCE).parts for door in DOORS)
    ]
    done = subprocess.run(
        [sys.executable, "-c", WALL + LOAD, ",".join(EXTRAS), *names],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""


RUN = """
from crossblock.cli import main
main(sys.argv[2:])
"""


@pytest.mark.parametrize("verb", [["serve", "--demo"], ["clinic", "--demo"], ["leakcheck"]])
def test_a_verb_of_an_extra_says_which_one_to_install(verb: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WALL + RUN, ",".join(EXTRAS), *verb],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "which is not installed" in done.stderr
    assert 'pip install "crossblock[server]"' in done.stderr
    assert "Traceback" not in done.stderr

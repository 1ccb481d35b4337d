"""The floors hold: import contracts pass, and a planted bad import is caught."""

import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import crossblock
from crossblock.cli import VERBS

ROOT = Path(__file__).parents[1]
LINTER = Path(sys.executable).with_name("lint-imports")


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run the import contracts on the copy of the package under `tree`."""
    return subprocess.run(
        [LINTER, "--config", ROOT / ".importlinter", "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        (None, "", None),
        ("domain/planted.py", "import crossblock.stats.crossover", "floors below its own"),
        ("report/planted.py", "import crossblock.domain.codelist", "The opened code list"),
        ("stats/planted.py", "import crossblock.stats.derive", "Only commands and virtual trials"),
        ("server/planted.py", "import crossblock.load.codelist", "The server cannot reach"),
    ],
)
def test_contracts(tmp_path: Path, module: str | None, line: str, broken: str | None) -> None:
    shutil.copytree(ROOT / "src" / "crossblock", tmp_path / "crossblock")
    if module is not None:
        (tmp_path / "crossblock" / module).write_text(f'"""Planted."""\n\n{line}\n')
    result = lint(tmp_path)
    if broken is None:
        assert result.returncode == 0, result.stdout
    else:
        assert result.returncode == 1, result.stdout
        verdict = next(row for row in result.stdout.splitlines() if broken in row)
        assert verdict.endswith("BROKEN")


def test_the_front_door_opens_on_real_names() -> None:
    for name, target in crossblock.DOOR.items():
        module, attribute = target.split(":")
        assert getattr(import_module(module), attribute) is getattr(crossblock, name)
    assert list(crossblock.DOOR) == sorted(crossblock.DOOR)


def test_every_verb_has_one_short_file() -> None:
    for verb, (module, line) in VERBS.items():
        command = import_module(module).command
        assert command.name == verb
        assert line.endswith(".")


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "from crossblock.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "heavy = {'numpy', 'scipy', 'jax', 'django', 'pint', 'pandas', 'altair', 'pydantic'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)))\n"
    )
    for arguments in (["--help"], *([verb, "--help"] for verb in VERBS)):
        result = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
        )
        assert result.stdout.endswith("heavy: []\n"), (arguments, result.stdout, result.stderr)

"""`crossblock clinic`: a folder is needed, and one without a clinic is refused in a sentence."""

import subprocess
import sys
from pathlib import Path

CLI = str(Path(sys.executable).with_name("crossblock"))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([CLI, "clinic", *arguments], capture_output=True, text=True, check=False)


def test_a_folder_is_needed() -> None:
    found = run()
    assert found.returncode == 2
    assert "FOLDER is needed, or --demo" in found.stderr


def test_a_folder_without_a_clinic(tmp_path: Path) -> None:
    found = run(str(tmp_path))
    assert found.returncode == 2
    assert "this folder holds no clinic" in found.stderr
    assert "Traceback" not in found.stderr

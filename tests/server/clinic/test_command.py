"""What the command line gets: a clinic's desk, or the sentence why not."""

from pathlib import Path

import pytest

from crossblock.core.errors import InputError
from crossblock.server.clinic import command


def test_a_folder_without_a_clinic(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"(?s)no clinic.*clinic\.toml"):
        command.point_at(tmp_path)


def test_a_demonstration_never_goes_over_a_clinic(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text("name = 'kept'")
    with pytest.raises(InputError, match="holds a clinic already"):
        command.make_demo(tmp_path, lambda *asked: None)
    assert (tmp_path / "clinic.toml").read_text() == "name = 'kept'"

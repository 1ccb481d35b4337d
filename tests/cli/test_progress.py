import pytest

from crossblock.cli.progress import step


def test_a_step_says_what_and_how_long(capsys: pytest.CaptureFixture[str]) -> None:
    with step("reading"):
        pass
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err.startswith("  reading (")
    assert streams.err.endswith(" s)\n")

"""What the verb `weigh` takes, and that it passes all of it on."""

import pytest

from crossblock.cli import weigh, weighed
from tests.cli.running import run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[weighed.Asked]:
    found: list[weighed.Asked] = []
    monkeypatch.setattr(weigh.cb, "weighed", lambda a: found.append(a) or 0, raising=False)
    return found


def test_every_option_reaches_the_weighing(
    capsys: pytest.CaptureFixture[str], asked: list[weighed.Asked]
) -> None:
    run(capsys, "weigh", "a.csv", "b.csv", "--studies", "s.toml", "--without", "x", "--without",
        "y", "--secondary", "--bank", "bank", "--size", "small", "--seed", "7", "--workers", "3",
        "--predictions", "p", "-o", "page.html", "--json")  # fmt: skip
    assert asked == [
        weighed.Asked(
            evidence=("a.csv", "b.csv"),
            studies="s.toml",
            without=("x", "y"),
            secondary=True,
            bank="bank",
            size="small",
            seed=7,
            workers=3,
            predictions="p",
            output="page.html",
            as_json=True,
        )
    ]


def test_without_options_the_full_size_is_weighed_and_no_secondary_row(
    capsys: pytest.CaptureFixture[str], asked: list[weighed.Asked]
) -> None:
    run(capsys, "weigh")
    assert (asked[0].size, asked[0].seed, asked[0].secondary) == ("full", 1, False)
    assert asked[0].evidence == ()


@pytest.mark.parametrize(
    ("option", "value"), [("--seed", "-1"), ("--workers", "0"), ("--size", "huge")]
)
def test_numbers_that_nothing_can_be_made_of(
    capsys: pytest.CaptureFixture[str], asked: list[weighed.Asked], option: str, value: str
) -> None:
    ran = run(capsys, "weigh", option, value)
    assert ran.status == 2
    assert option in ran.err
    assert asked == []

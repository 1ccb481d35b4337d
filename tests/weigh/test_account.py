from collections.abc import Callable

import pytest

from crossblock.domain.account import Account
from crossblock.domain.predicted import Fate
from crossblock.domain.weighed import Outcome, WeighedStudy
from crossblock.weigh.account import Settings, account, variant_probabilities
from crossblock.weigh.tables import SMALL
from tests.weigh.small import bank, only, read
from tests.weigh.test_predict import flat

NAMES = ("nimh-day-2", "wilkinson-2019", "williams-2018", "jelen-2025-mood", "jelen-2025-glx",
         "murrough-2013")  # fmt: skip
FITTED = ("nimh-day-2", "wilkinson-2019", "williams-2018", "jelen-2025-mood", "jelen-2025-glx")


def run(reader: Callable[[WeighedStudy], Outcome], kept: dict[str, str]) -> Account:
    settings = Settings(each=32, axes=SMALL, trials=100, enough=2, keep=kept.__setitem__)
    return account(only(*NAMES), bank(), reader, settings=settings)


@pytest.fixture(scope="module")
def found() -> tuple[Account, dict[str, str], list[str]]:
    """Return one account, the prediction files it kept, and the order in which things happened."""
    order: list[str] = []
    files: dict[str, str] = {}

    class Kept(dict[str, str]):
        def __setitem__(self, name: str, text: str) -> None:
            order.append(f"kept {name}")
            files[name] = text

    def reader(s: WeighedStudy) -> Outcome:
        order.append(f"read {s.id}")
        return read(s)

    return run(reader, Kept()), files, order


def test_odds_are_a_distribution_and_the_blocked_response_speaks_against_h1(found) -> None:  # type: ignore[no-untyped-def]
    a: Account = found[0]
    assert abs(sum(r.probability for r in a.odds.rows) - 1.0) < 1e-9
    assert a.odds.of("H1").probability < a.calibration_odds.of("H1").probability
    assert {r.label for r in a.odds.rows} == {"H1", "H3a", "H5"}
    assert all(r.low <= r.probability <= r.high for r in a.odds.rows)
    assert all(m.effective > 1 for m in a.mechanisms)


def test_predictions_are_kept_before_any_held_out_outcome_is_read(found) -> None:  # type: ignore[no-untyped-def]
    a, files, order = found
    assert order.index("read murrough-2013") > order.index("kept prediction-williams-jelen.json")
    assert set(files) == {
        "prediction-jelen.json",
        "prediction-williams.json",
        "prediction-williams-jelen.json",
    }
    held = {f.study for h in a.held_out for f in h.figures}
    assert held == {"williams-2018", "jelen-2025-mood", "jelen-2025-glx", "murrough-2013"}
    assert all(len(h.sha256) == 64 for h in a.held_out)


def test_every_fitted_study_is_checked_and_left_out_once(found) -> None:  # type: ignore[no-untyped-def]
    a: Account = found[0]
    assert [c.study for c in a.checks] == list(FITTED)
    assert len(a.left_out) == len(FITTED)
    told = [f for c in a.checks for f in c.figures if f.fate is not Fate.NOT_OBSERVED]
    assert len(told) >= 10


def test_fractions_stand_with_and_without_selection(found) -> None:  # type: ignore[no-untyped-def]
    a: Account = found[0]
    assert [(r.id, r.selected) for r in a.fractions] == [
        ("williams-2018", True),
        ("williams-2018", False),
        ("jelen-2025-mood", True),
        ("both", True),
    ]
    assert all(0 <= r.low <= r.middle <= r.high <= 1 for r in a.fractions)


def test_without_leaves_a_study_out_altogether() -> None:
    settings = Settings(each=32, axes=SMALL, trials=100, enough=2)
    a = account(only(*NAMES[1:4]), bank(), read, settings=settings, without=["jelen-2025-mood"])
    assert [c.study for c in a.checks] == ["wilkinson-2019", "williams-2018"]


def test_variants_share_the_prior_of_their_label() -> None:
    p = variant_probabilities({"h1": flat("h1"), "h3a": flat("h3a")})
    assert p["h1"] == pytest.approx(2 * p["h3a"])  # H3 is shared by its two accounts

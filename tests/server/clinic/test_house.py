"""The clinic's own facts: read strictly, with sentences for what is wrong."""

from datetime import date
from pathlib import Path

import pytest

from crossblock.core.errors import CatalogError, InputError
from crossblock.server.clinic import house
from tests.server.clinic.conftest import CLINIC


def test_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text(CLINIC)
    found = house.read(tmp_path)
    assert (found.name, len(found.crisis), found.answers_monitored) == ("Example clinic", 2, False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('zone = "Europe/Berlin"', 'zone = "Nowhere/Atall"'), "time zone"),
        (("acknowledge_min", "acknowledge_mins"), "no such key"),
        (("acknowledge_min = 30", "acknowledge_min = 0"), "acknowledge_min"),
        (("acknowledge_min = 30", 'own_rating = "mood"'), "own_rating"),
        (("acknowledge_min = 30", "review_within_months = 900"), "review_within_months"),
        (("acknowledge_min = 30", 'page_command = "call me"'), "page_command"),
        (('page_to = "clinician-1@example.org"', ""), "page_to"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    (tmp_path / "clinic.toml").write_text(CLINIC.replace(*change))
    with pytest.raises(CatalogError, match=words):
        house.read(tmp_path)


def test_a_folder_without_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no clinic"):
        house.read(tmp_path)


@pytest.mark.parametrize(
    ("how", "tel"),
    [
        ("112", "112"),
        ("0800 111 0 111", "08001110111"),
        ("+49 30 1234/5", "+493012345"),
        ("the ward, room 12", ""),
        ("112 or the ward", ""),
    ],
)
def test_a_number_can_be_dialed_by_a_touch(how: str, tel: str) -> None:
    assert house.Contact(who="Somebody", how=how).tel == tel


def test_a_review_lies_within_months(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text("review_within_months = 3\n" + CLINIC)
    house.read.cache_clear()
    assert house.read(tmp_path).review_by(date(2026, 1, 1)) == date(2026, 4, 2)

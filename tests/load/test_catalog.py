"""Names and paths of the catalog."""

import pytest

from crossblock.core.errors import CatalogError, ProtocolError
from crossblock.load import catalog


def test_names_are_files_without_their_ending():
    assert "williams-2018" in catalog.names("protocols")
    assert "nimh-ketamine-saline" in catalog.names("ratings")
    assert catalog.names("dreams") == ()
    assert catalog.names("protocols") == tuple(sorted(catalog.names("protocols")))


def test_a_name_leads_to_a_file_or_a_folder():
    assert catalog.path("protocols", "williams-2018").is_file()
    assert catalog.path("ratings", "nimh-ketamine-saline").is_dir()


@pytest.mark.parametrize("name", ["../protocols/williams-2018", "williams-2018.toml", "", "\0"])
def test_only_plain_names_are_names(name):
    with pytest.raises(CatalogError):
        catalog.path("protocols", name)


def test_a_path_is_taken_when_it_is_no_name(tmp_path):
    own = tmp_path / "mine.toml"
    own.write_text("")
    assert catalog.resolve("protocols", str(own)) == (own, str(own))
    assert catalog.resolve("protocols", own)[0] == own


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", "\udce4.toml", "no/such/folder/x.toml"])
def test_what_cannot_be_a_path_is_a_sentence(name):
    with pytest.raises(CatalogError, match="neither a file nor a name"):
        catalog.resolve("protocols", name)


def test_neither_a_file_nor_a_name():
    with pytest.raises(ProtocolError, match="did you mean williams-2018"):
        catalog.resolve("protocols", "wiliams-2018", ProtocolError)


@pytest.mark.parametrize(
    ("word", "known", "advice"),
    [
        ("opne", ["open", "blocked"], "did you mean open?"),
        ("xyz", ["open", "blocked"], "use one of: open, blocked"),
        ("xyz", [], "none is known yet"),
    ],
)
def test_nearest(word, known, advice):
    assert catalog.nearest(word, known) == advice

"""The options side by side: the same as the plan form offers, each with source and gaps."""

from crossblock.server.clinic import options
from crossblock.server.clinic.sheets import OPTIONS


def test_the_page_shows_what_the_form_offers() -> None:
    assert [o.id for o in options.ALL] == [id for id, _ in OPTIONS]


def test_every_option_has_gaps_and_a_source_and_memory_is_amber() -> None:
    for o in options.ALL:
        assert o.unknown
        assert o.source
        assert o.amber == any(w in o.source for w in ("assumed", "none read", "memory"))

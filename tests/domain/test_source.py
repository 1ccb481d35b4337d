"""Values with their source: bare or in a table, amber when nobody read them, rivals kept."""

import pytest
from pydantic import ValidationError

from crossblock.domain.dimension import Time
from crossblock.domain.model import Model
from crossblock.domain.source import Claim, Source, Sourced, claims, words


class Inner(Model):
    earliest: Time


class Noun(Model):
    id: str = "n"
    count: Sourced[int]
    when: Sourced[Inner] | None = None
    rows: tuple["Noun", ...] = ()


def test_a_bare_value_is_a_decision_of_the_file():
    count = Noun.model_validate({"count": 3}).count
    assert (count.value, count.confidence, count.source, count.amber) == (3, "decided", None, False)


def test_a_bare_table_can_be_the_value():
    when = Noun.model_validate({"count": 3, "when": {"earliest": "2 d"}}).when
    assert when is not None
    assert when.value.earliest.value == 48.0


@pytest.mark.parametrize(
    ("confidence", "source", "amber"),
    [
        ("read", "a", False),
        ("registry", "a", False),
        ("memory", None, True),
        ("assumed", "a", True),
    ],
)
def test_only_memory_and_assumed_are_amber(confidence, source, amber):
    table = {"value": 3, "confidence": confidence} | ({"source": source} if source else {})
    assert Noun.model_validate({"count": table}).count.amber is amber


@pytest.mark.parametrize(
    "table",
    [
        {"value": 3, "source": "a"},
        {"value": 3, "confidence": "read"},
        {"value": 3, "confidence": "heard"},
        {"value": 3, "sauce": "a"},
        {"source": "a", "confidence": "read"},
        {"value": "3"},
    ],
)
def test_a_half_sourced_value_is_refused(table):
    with pytest.raises(ValidationError):
        Noun.model_validate({"count": table})


def test_claims_are_found_with_their_paths_and_rivals():
    table = {"value": 16, "also": [{"value": 14, "confidence": "memory"}]}
    noun = Noun.model_construct(
        id="outer",
        count=Sourced[int].model_validate(table),
        when=None,
        rows=(Noun.model_validate({"id": "x", "count": 1}),),
    )
    found = {path: claim.value for path, claim in claims(noun)}
    assert found == {"count": 16, "count.also[1]": 14, "rows.x.count": 1}


def test_words_are_what_a_person_writes():
    assert words(0.1) == "0.1"
    assert words(Claim[Time].model_validate("45 min").value) == "45 min"


def test_a_source_has_a_text_and_a_real_doi():
    assert Source.model_validate({"text": "A paper.", "doi": "10.1176/appi.1"}).doi
    with pytest.raises(ValidationError):
        Source.model_validate({"text": "A paper.", "doi": "doi:10.1176"})

"""The published schema is fresh, valid, and agrees with the loader."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from crossblock.load import catalog
from crossblock.load.schema import protocol_schema, protocol_schema_text
from tests.golden.cases import STUDY, changed

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema" / "protocol-1.json"
CHECKER = jsonschema.Draft202012Validator(protocol_schema())


def test_the_published_file_is_fresh():
    fix = "run python tools/write_schema.py"
    assert PUBLISHED.read_text(encoding="utf-8") == protocol_schema_text(), fix


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(json.loads(protocol_schema_text()))


@pytest.mark.parametrize("name", catalog.names("protocols"))
def test_shipped_protocols_satisfy_it(name):
    data = tomllib.loads(catalog.path("protocols", name).read_text(encoding="utf-8"))
    assert list(CHECKER.iter_errors(data)) == []


@pytest.mark.parametrize(
    "change",
    [
        ("planned = 30", "planned = 0"),
        ("planned = 30", "planed = 30"),
        ('cell = "open"', 'cell = "opn"'),
        ('id = "d7"', 'id = "D 7"'),
        ("age_max = 70", "age_max = 170"),
        ('confidence = "memory"', 'confidence = "heard"'),
        ('question = "How', '# question = "How'),
    ],
)
def test_it_refuses_what_the_loader_refuses(change):
    assert list(CHECKER.iter_errors(tomllib.loads(changed(STUDY, change))))

import subprocess
import sys

from pydantic import BaseModel

from crossblock.domain.fact import Confidence
from crossblock.domain.protocol import Protocol
from crossblock.domain.source import Claim
from crossblock.load.meaning import meanings


def test_the_sentence_under_a_key_is_found() -> None:
    assert meanings(Protocol)["registry"] == "Registry number, for example NCT00088699."
    assert "id" not in meanings(Protocol)  # nothing stands under it


def test_a_claim_of_one_kind_means_what_any_claim_means() -> None:
    assert meanings(Claim[int]) == meanings(Claim)
    assert meanings(Claim)


def test_a_class_from_elsewhere_has_no_meanings() -> None:
    class Foreign(BaseModel):
        word: Confidence
        """Not a key of ours."""

    assert meanings(Foreign) == {}


def test_reading_a_protocol_parses_no_source() -> None:
    code = (
        "import inspect\n"
        "def refuse(*_):\n    raise AssertionError('a source file was parsed')\n"
        "inspect.findsource = inspect.getblock = refuse\n"
        "import crossblock\nprint(crossblock.read_protocol('williams-2018').id)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "williams-2018\n", done.stderr

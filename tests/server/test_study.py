"""The study folder: what must be in it, and that its keys are private."""

import re
import stat
from pathlib import Path

import pytest

from crossblock.core.errors import CrossblockError, InputError
from crossblock.load import instrument
from crossblock.server import study
from crossblock.server.roles import Role
from crossblock.server.trial.opening import open_study
from tests.server.web import client, fill, local, text_of
from tests.server.world import HAMD17, World


def test_a_folder_without_a_protocol_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no study"):
        study.check_folder(tmp_path)


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = study.secret_key(tmp_path)
    assert study.secret_key(tmp_path) == first
    assert len(first) > 60
    mode = stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode)
    assert mode == 0o600


def test_two_processes_agree_on_one_key(tmp_path: Path) -> None:
    file = tmp_path / "data" / "x"
    study.private_file(file, b"first")
    study.private_file(file, b"second")
    assert file.read_bytes() == b"first"


def test_the_signing_key_leaves_its_public_half_with_the_witness(lite: World) -> None:
    now = study.current()
    signature = now.signing_key.sign(b"text")
    now.signing_key.public_key().verify(signature, b"text")
    assert (now.witness.parent / "receipts.pub").read_text().startswith("-----BEGIN PUBLIC KEY")
    assert now.dry_run is False


WORDING = """schema = "crossblock/wording/1"
instrument = "hamd17"
language = "de"
rights = "license 123, this site"
[item.item1]
text = "Gedrückte Stimmung"
anchors = { 0 = "keine", 4 = "schwer" }
"""


def worded(world: World, text: str = WORDING, language: str = 'language = "de"') -> None:
    """Give the study a wording, and its first site a language, before its record is opened."""
    (world.folder / "instruments").mkdir(exist_ok=True)
    (world.folder / "instruments" / "any-name.toml").write_text(text)
    file = world.folder / "conduct.toml"
    file.write_text(file.read_text().replace('zone = "Europe/Berlin"\n',
                                             f'zone = "Europe/Berlin"\n{language}\n'))  # fmt: skip
    study._opened.cache_clear()


def test_a_sites_wording_stands_in_its_forms_and_scores_the_same(lite: World) -> None:
    worded(lite)
    pages = {}
    for site in ("a", "b"):
        web, path = client(lite, Role.OUTCOME_RATER, site), lite.started(site).code
        pages[site] = web.get(f"/p/{path}/1/d1/hamd17/").content.decode()
        saved = fill(web, f"/p/{path}/1/d1/hamd17/", HAMD17, occurred=local(site=site))
        assert "HAM-D17: 16" in text_of(web.get(saved["Location"]))
    assert 'lang="de"' in pages["a"]
    assert all(words in pages["a"] for words in ("Gedrückte Stimmung", "schwer"))
    assert "Gedrückte Stimmung" not in pages["b"]
    plain, said = instrument.read("hamd17"), study.current().instrument("hamd17")
    assert said is not plain
    assert said.score(HAMD17) == plain.score(HAMD17)
    assert text_of_item(pages["a"], 2) == text_of_item(pages["b"], 2)  # no wording: ours


def text_of_item(page: str, number: int) -> str:
    return page.split(f'id="item-item{number}"')[1].split("</fieldset>")[0].replace("autofocus", "")


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        (WORDING.replace("4 =", "9 ="), 'language = "de"', "an anchor stands at an answer"),
        (WORDING + "maximum = 7\n", 'language = "de"', "no such key"),
        (WORDING, 'language = "fr"', "no site speaks the language"),
        (WORDING, "", "no site speaks the language"),
        (WORDING.replace("hamd17", "hamd-17"), 'language = "de"', "did you mean hamd17?"),
        ("not toml", 'language = "de"', "any-name.toml"),
    ],
)
def test_a_wording_that_does_not_fit_is_refused_at_the_start(
    lite: World, text: str, language: str, words: str
) -> None:
    worded(lite, text, language)
    with pytest.raises(CrossblockError, match=re.escape(words)):
        open_study(study.current())

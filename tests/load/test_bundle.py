"""The bundle: read(write(x)) = x, formulas stay text, and every change is noticed."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossblock.core.errors import RatingsError
from crossblock.domain.allocation import SealedAllocation
from crossblock.load import bundle, catalog
from crossblock.load.protocol import read as read_protocol

PROTOCOL = read_protocol("williams-2018")
TEXT = catalog.path("protocols", "williams-2018").read_text()
cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=12)


def files(**change: object) -> dict[str, bytes]:
    given_ = {
        "protocol_text": TEXT,
        "ratings": (("A-001", "", "1", "d1", "hamd17", "12.0"),),
        "participants": ("A-001", "A-002"),
        "slots": {"A-001": 1, "A-002": 2},
        "sealed": SealedAllocation(
            protocol_hash=PROTOCOL.sha256, ciphertext=b"age", commitment="0" * 64, slots=4
        ),
        "tables": {"steps": (("participant", "step"), ("A-001", "=cmd()"))},
        "audit": "{}\n",
        "about": {"locked_by": "M"},
    }
    return bundle.render(**{**given_, **change})  # type: ignore[arg-type]


def write(folder: Path, made: dict[str, bytes]) -> Path:
    for name, data in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=5))
def test_tables_read_back_as_they_were(rows: list[tuple[str, str, str]]) -> None:
    assert bundle.table_rows(bundle.table_csv(tuple(rows))) == tuple(rows)


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-cmd", "@x", "\tx", "＝1", "'quoted"])
def test_formulas_stay_text(text: str) -> None:
    assert bundle.table_csv(((text,),)).decode().lstrip('"').startswith("'")
    assert bundle.table_rows(bundle.table_csv(((text,),))) == ((text,),)


def test_negative_numbers_stay_numbers() -> None:
    assert bundle.table_csv((("-3", "+2.5", "-1e-3"),)) == b"-3,+2.5,-1e-3\n"


def test_read_write(tmp_path: Path) -> None:
    found = bundle.read(write(tmp_path, files()))
    assert found.protocol.sha256 == PROTOCOL.sha256
    assert found.slots == {"A-001": 1, "A-002": 2}
    assert found.ratings.participants == ("A-001", "A-002")
    assert found.ratings.at("d1", "hamd17")[0][0, 0, 0] == 12.0
    assert int(found.ratings.observed.sum()) == 1
    assert found.tables["steps"][1] == ("A-001", "=cmd()")
    assert found.sealed.ciphertext == b"age"
    assert found.manifest["locked_by"] == "M"


@pytest.mark.parametrize("name", ["ratings.csv", "protocol.toml", "mapping.age", "audit.jsonl"])
def test_every_change_is_noticed(tmp_path: Path, name: str) -> None:
    write(tmp_path, files())
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b" ")
    with pytest.raises(RatingsError, match="not the one that was locked"):
        bundle.read(tmp_path)


def test_a_manifest_names_no_file_outside(tmp_path: Path) -> None:
    write(tmp_path, files())
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["files"]["../secret.csv"] = "0" * 64
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RatingsError, match="not the manifest"):
        bundle.read(tmp_path)


def test_another_protocol(tmp_path: Path) -> None:
    other = catalog.path("protocols", "nimh-ketamine-saline").read_text()
    with pytest.raises(RatingsError, match="not the one that the study was run by"):
        bundle.read(write(tmp_path, files(protocol_text=other)))

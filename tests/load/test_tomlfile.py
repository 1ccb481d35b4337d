import pytest

from crossblock.core.errors import CatalogError
from crossblock.load import tomlfile
from crossblock.load.textfile import MIB


def test_a_file_over_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "big.toml"
    path.write_bytes(b"#" * (MIB + 1))
    with pytest.raises(CatalogError, match="larger than 1 MiB"):
        tomlfile.data(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(CatalogError, match="cannot be read"):
        tomlfile.data(tmp_path / "none.toml")
    with pytest.raises(CatalogError, match="not a file"):
        tomlfile.data(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a = ", "not a TOML file"),
        (b"a = 1\na = 2", "not a TOML file"),
        (b"a = " + b"[" * 5000, "not a TOML file"),
        (b"a = 1\n\x00", "line 2: the text holds a NUL byte"),
        (b"a = \xff", "not UTF-8"),
        (b"PK\x03\x04 and more", "zip archive"),
    ],
)
def test_what_is_not_toml_is_refused(content, words):
    with pytest.raises(CatalogError, match=words):
        tomlfile.table(content, "here.toml")

import pytest

from crossblock.core.errors import CatalogError
from crossblock.load import tomlfile


def test_a_file_over_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "big.toml"
    path.write_bytes(b"#" * (tomlfile.MOST_BYTES + 1))
    with pytest.raises(CatalogError, match="too large"):
        tomlfile.data(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(CatalogError, match="cannot be read"):
            tomlfile.data(path)


@pytest.mark.parametrize("content", [b"a = ", b"\x00", b"a = 1\na = 2", b"a = " + b"[" * 5000])
def test_what_is_not_toml_is_refused(content):
    with pytest.raises(CatalogError, match="not a TOML file"):
        tomlfile.table(content, "here.toml")

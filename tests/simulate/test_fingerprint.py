import pytest

from crossblock.simulate import fingerprint as module
from crossblock.simulate.fingerprint import differences, digest, fingerprint


def test_a_fingerprint_names_code_libraries_and_processor() -> None:
    mine = fingerprint()
    assert {"python", "numpy", "scipy", "jaxlib", "code", "processor", "XLA_FLAGS"} <= set(mine)
    assert len(mine["code"]) == 16
    assert fingerprint() == mine
    assert len(digest()) == 16


def test_differences_are_named() -> None:
    assert differences({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": ""}) == ("b", "c")


def test_flags_are_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(fingerprint())
    module.fingerprint.cache_clear()
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
    try:
        assert "XLA_FLAGS" in differences(before, fingerprint())
    finally:
        module.fingerprint.cache_clear()

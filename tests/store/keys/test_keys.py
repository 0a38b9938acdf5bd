"""Which keys a store is given: those of its id, wherever its database lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from rupture_protocol.store.errors import KeysMissing
from rupture_protocol.store.keys.environment_keys import EnvironmentKeys
from rupture_protocol.store.keys.file_keys import FileKeys
from rupture_protocol.store.keys.keys import default_keys, folder_of, make_keys

STORE = "0123456789abcdef"


def test_keys_are_under_the_id_of_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUPTURE_KEYS", str(tmp_path))
    with pytest.raises(KeysMissing):
        default_keys(STORE)
    made = make_keys(STORE)
    assert (tmp_path / STORE / "keys.json").exists()
    assert default_keys(STORE).provider.sign(b"m") == made.provider.sign(b"m")
    assert isinstance(made.provider, FileKeys)
    with pytest.raises(KeysMissing):
        default_keys("f" * 16)
    with pytest.raises(KeysMissing):
        default_keys(STORE, tmp_path / "elsewhere")


def test_they_are_in_the_data_folder_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUPTURE_KEYS", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = folder_of(STORE)
    assert folder.parts[-3:] == ("rupture", "keys", STORE)
    assert folder.is_relative_to(tmp_path)


def test_those_of_the_environment_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_keys(STORE, tmp_path)
    monkeypatch.setenv("RUPTURE_SIGNING_KEY", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=")
    with pytest.raises(KeysMissing, match="RUPTURE_WRAPPING_KEY"):
        default_keys(STORE, tmp_path)
    monkeypatch.setenv("RUPTURE_WRAPPING_KEY", "ZmVkY2JhWllYV1ZVVFNSUVBPTk1MS0pJSEdGRURDQkE=")
    assert isinstance(make_keys("another", tmp_path).provider, EnvironmentKeys)


@pytest.mark.parametrize("store", ["", "..", "../x", "a/b", "a\\b", "/etc", "a\0", "x" * 200, "a\n", "."])
def test_an_id_that_a_database_was_made_to_say_leads_nowhere(tmp_path: Path, store: str) -> None:
    with pytest.raises(KeysMissing):
        folder_of(store, tmp_path)
    assert folder_of("0f" * 16, tmp_path) == tmp_path / ("0f" * 16)

"""Keys from the environment: no secret is in the folder, and other keys come into use by a rotation."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from tests.store.keys.cutting import cut_off_everywhere

from rupture_protocol.store.errors import KeysDamaged, KeysMissing, StoreError
from rupture_protocol.store.keys.environment_keys import EnvironmentKeys
from rupture_protocol.store.keys.file_keys import FileKeys


def secret() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def environment(**given: str) -> dict[str, str]:
    return {"RUPTURE_SIGNING_KEY": secret(), "RUPTURE_WRAPPING_KEY": secret(), **given}


def with_a_key(keys: EnvironmentKeys | FileKeys) -> None:
    keys.kept.put("case:c", keys.wrap(b"k" * 32, b"c"))


def opens(keys: EnvironmentKeys | FileKeys) -> bool:
    return keys.unwrap(keys.kept.get("case:c") or b"", b"c") == b"k" * 32


def test_what_was_made_is_opened_with_the_same_environment_only(tmp_path: Path) -> None:
    mine = environment()
    made = EnvironmentKeys.make(tmp_path, mine)
    with_a_key(made)
    signature = made.sign(b"m")
    opened = EnvironmentKeys.open(tmp_path, mine)
    assert opens(opened)
    assert opened.trusted[signature.key].verifies(b"m", signature.value)
    for name in mine:
        with pytest.raises(KeysMissing, match="not those that this store uses"):
            EnvironmentKeys.open(tmp_path, mine | {name: secret()})
        with pytest.raises(KeysMissing, match=f"`{name}` is not set"):
            EnvironmentKeys.open(tmp_path, mine | {name: " "})


def test_no_secret_is_in_the_folder_or_a_repr(tmp_path: Path) -> None:
    mine = environment()
    keys = EnvironmentKeys.make(tmp_path, mine)
    with_a_key(keys)
    told = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    told += f"{keys!r} {vars(keys)!r}".encode()
    for each in mine.values():
        raw = base64.b64decode(each)
        assert each.encode() not in told
        assert raw not in told
        assert raw.hex().encode() not in told


@pytest.mark.parametrize("bad", ["hush-hush", "aHVzaA==", "ü" * 44, base64.b64encode(b"h" * 33).decode()])
@pytest.mark.parametrize("name", ["RUPTURE_SIGNING_KEY", "RUPTURE_WRAPPING_KEY"])
def test_what_is_no_key_is_named_and_not_repeated(tmp_path: Path, name: str, bad: str) -> None:
    with pytest.raises(KeysDamaged) as caught:
        EnvironmentKeys.make(tmp_path / "k", environment(**{name: bad}))
    assert name in str(caught.value)
    assert bad not in f"{caught.value!r} {caught.value.help}"
    assert caught.value.__suppress_context__
    assert not (tmp_path / "k").exists()


def test_other_keys_come_into_use_by_a_rotation(tmp_path: Path) -> None:
    old, new = environment(), environment()
    before = EnvironmentKeys.make(tmp_path, old)
    with_a_key(before)
    signature = before.sign(b"m")
    with pytest.raises(KeysMissing):
        EnvironmentKeys.rotate(tmp_path, new)
    assert opens(EnvironmentKeys.open(tmp_path, old))
    both = new | {"RUPTURE_WRAPPING_KEY": f"{new['RUPTURE_WRAPPING_KEY']} {old['RUPTURE_WRAPPING_KEY']}"}
    EnvironmentKeys.rotate(tmp_path, both)
    after = EnvironmentKeys.open(tmp_path, new)
    assert opens(after)
    assert after.trusted[signature.key].verifies(b"m", signature.value)
    assert after.sign(b"m").key != signature.key
    # A process that still has the old keys must not keep what nobody could open.
    with pytest.raises(KeysMissing, match="in use no more"):
        before.kept.put("case:late", before.wrap(b"k" * 32, b"c"))
    assert after.kept.get("case:late") is None
    with pytest.raises(KeysMissing, match="in use no more"):
        before.sign(b"m")
    with pytest.raises(StoreError, match="retired"):
        EnvironmentKeys.rotate(tmp_path, both | {"RUPTURE_SIGNING_KEY": old["RUPTURE_SIGNING_KEY"]})


def test_keys_move_from_files_into_the_environment_and_can_be_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_key(FileKeys.make(tmp_path / "k"))
    mine = environment()
    act = lambda left: EnvironmentKeys.rotate(left, mine)  # noqa: E731
    for _, left in cut_off_everywhere(monkeypatch, tmp_path / "k", tmp_path / "w", act):
        EnvironmentKeys.rotate(left, mine)
        assert opens(EnvironmentKeys.open(left, mine))
        assert not list(left.rglob("*.key"))
        with pytest.raises(KeysMissing):
            FileKeys.open(left)


def test_the_secrets_of_files_may_be_given_as_they_are(tmp_path: Path) -> None:
    keys = FileKeys.make(tmp_path)
    with_a_key(keys)
    mine = {
        f"RUPTURE_{kind.upper()}_KEY": next((tmp_path / kind).iterdir()).read_text()
        for kind in ("signing", "wrapping")
    }
    assert opens(EnvironmentKeys.open(tmp_path, mine))

"""The keys that a store is given, and where ours are: in the user's data folder, under the store's id."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rupture_protocol.store.errors import KeysMissing
from rupture_protocol.store.keys.environment_keys import EnvironmentKeys, is_given
from rupture_protocol.store.keys.file_keys import FileKeys
from rupture_protocol.store.keys.key_store import KeyStore
from rupture_protocol.store.keys.provider import KeyProvider, PublicKey

FOLDER_VARIABLE = "RUPTURE_KEYS"
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What a store signs, wraps and verifies with.

    Attributes:
        provider: Who has the secret keys.
        kept: Where the wrapped keys of cases lie.
        trusted: The public keys whose signatures count, by their ids.
    """

    provider: KeyProvider
    kept: KeyStore
    trusted: Mapping[str, PublicKey]

    def __repr__(self) -> str:
        return f"<Keys {self.provider!r}>"


def default_keys(store_id: str, folder: Path | None = None) -> Keys:
    """The keys of a store that there are.

    Args:
        store_id: The id of the store: its keys are found wherever its database lies.
        folder: The folder of the keys of all stores; else that of RUPTURE_KEYS, else in the user's data.

    Raises:
        KeysMissing: They are not here.
        KeysDamaged: They are not what was written.
        StoreError: They cannot be read.
    """
    place = folder_of(store_id, folder)
    return _keys(EnvironmentKeys.open(place) if is_given() else FileKeys.open(place))


def make_keys(store_id: str, folder: Path | None = None) -> Keys:
    """New keys for a store that has none; those that are there, if somebody has just made some.

    Raises:
        KeysDamaged: Keys of cases are there, and not what opens them.
        StoreError: They cannot be written. Arguments as for `default_keys`.
    """
    place = folder_of(store_id, folder)
    return _keys(EnvironmentKeys.make(place) if is_given() else FileKeys.make(place))


def rotate_keys(store_id: str, folder: Path | None = None) -> None:
    """Other keys come into use: new ones in files, or those that the environment says now.

    Raises:
        KeysMissing: There are none, or not those that are needed to wrap the keys of cases anew.
        KeysDamaged: They are not what was written; nothing is destroyed.
        StoreError: They cannot be written. Arguments as for `default_keys`.
    """
    place = folder_of(store_id, folder)
    if is_given():
        EnvironmentKeys.rotate(place)
    else:
        FileKeys.open(place).rotate()


def folder_of(store_id: str, folder: Path | None = None) -> Path:
    """Where the keys of a store are. Arguments as for `default_keys`.

    Raises:
        KeysMissing: That is no id of a store, so there are none.
    """
    # A database may say anything: what it says must not lead to another folder.
    if not _ID.fullmatch(store_id):
        raise KeysMissing("the store's id is none, so there are no keys for it", help="`rupture db doctor`")
    return (folder or _parent()) / store_id


def _parent() -> Path:
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("rupture", appauthor=False) / "keys"


def _keys(own: FileKeys | EnvironmentKeys) -> Keys:
    return Keys(own, own.kept, own.trusted)

"""A store's keys, looked for when they are first needed, and made with its first case."""

from __future__ import annotations

from pathlib import Path

from rupture_protocol.store.errors import KeysMissing
from rupture_protocol.store.keys.keys import Keys, default_keys, make_keys


class KeyHolder:
    """Gives the keys of a store.

    Args:
        store_id: The store's own id.
        given: The keys, the folder that they are in, or None: they are where the user's data are.
    """

    def __init__(self, store_id: str, given: Keys | Path | None) -> None:
        self._store_id = store_id
        self._folder = given if isinstance(given, Path) else None
        self._keys = given if isinstance(given, Keys) else None

    def __call__(self) -> Keys:
        """The keys.

        Raises:
            KeysMissing: They are not here.
        """
        if self._keys is None:
            self._keys = default_keys(self._store_id, self._folder)
        return self._keys

    @property
    def ready(self) -> bool:
        """Whether there are keys."""
        try:
            self()
        except KeysMissing:
            return False
        return True

    def make(self) -> None:
        """Makes them, for a store in which nothing is kept yet."""
        self._keys = make_keys(self._store_id, self._folder)

"""Keys in files: made once, for their owner alone, rotated, destroyed; whatever is cut off can go on."""

from __future__ import annotations

import os
import pickle
import signal
import stat
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.store.keys.cutting import cut_off_everywhere

from rupture_protocol.store.errors import KeysDamaged, KeysMissing, StoreBusy, StoreError, StoreReadOnly
from rupture_protocol.store.keys import files
from rupture_protocol.store.keys.file_keys import FileKeys

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CASE_KEYS = {f"case:c{number}": bytes([number]) * 32 for number in range(3)}
POSIX = pytest.mark.skipif(os.name != "posix", reason="only there has a file such permissions")


def put(keys: FileKeys, name: str, key: bytes) -> bytes:
    return keys.unwrap(keys.kept.put(name, keys.wrap(key, name.encode())), name.encode())


def got(keys: FileKeys, name: str) -> bytes | None:
    wrapped = keys.kept.get(name)
    return None if wrapped is None else keys.unwrap(wrapped, name.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Keys, and those of some cases."""
    folder = tmp_path / "keys" / "store"
    keys = FileKeys.make(folder, at=NOON)
    for name, key in CASE_KEYS.items():
        put(keys, name, key)
    return folder


def whole(folder: Path) -> bool:
    keys = FileKeys.open(folder)
    return {name: got(keys, name) for name in CASE_KEYS} == CASE_KEYS


def everything_in(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file())


def secrets(folder: Path) -> dict[str, bytes]:
    return {each.stem: each.read_bytes() for each in folder.rglob("*.key")}


# Made --------------------------------------------------------------------------------------------------


def test_keys_that_are_opened_are_those_that_were_made(folder: Path) -> None:
    made, opened = FileKeys.open(folder), FileKeys.open(folder)
    signature = made.sign(b"message")
    key = opened.trusted[signature.key]
    assert key.verifies(b"message", signature.value)
    assert not key.verifies(b"another", signature.value)
    assert not key.verifies(b"message", signature.value[:-1] + bytes([signature.value[-1] ^ 1]))
    assert not key.verifies(b"message", b"")
    assert (key.made, key.retired) == (NOON, None)
    assert whole(folder)


def test_where_there_are_none_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing, match="not here"):
        FileKeys.open(tmp_path / "none")


def test_making_them_twice_makes_them_once(folder: Path) -> None:
    before = everything_in(folder)
    FileKeys.make(folder)
    assert everything_in(folder) == before


def test_many_who_make_them_at_once_have_the_same(tmp_path: Path) -> None:
    made: list[FileKeys] = []
    threads = [threading.Thread(target=lambda: made.append(FileKeys.make(tmp_path / "k"))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(made) == 8
    assert len({each.sign(b"").key for each in made}) == 1


def test_no_new_keys_are_made_over_the_keys_of_cases(folder: Path) -> None:
    (folder / "keys.json").unlink()
    with pytest.raises(KeysDamaged, match="the keys of cases are here"):
        FileKeys.make(folder)
    assert not (folder / "keys.json").exists()


def test_making_that_is_cut_off_anywhere_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts = 0
    for _, left in cut_off_everywhere(monkeypatch, tmp_path / "none", tmp_path / "w", FileKeys.make):
        keys = FileKeys.make(left)
        assert keys.unwrap(keys.wrap(b"k" * 32, b""), b"") == b"k" * 32
        cuts += 1
    assert cuts > 15


@POSIX
def test_they_are_for_their_owner_alone_from_the_start(tmp_path: Path) -> None:
    before = os.umask(0)
    seen = []
    real = os.open

    def opened(path: os.PathLike[str], flags: int, mode: int = 0o777) -> int:
        handle = real(path, flags, mode)
        seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
        return handle

    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(os, "open", opened)
            keys = FileKeys.make(tmp_path / "a" / "b")
            put(keys, "case:c", b"k" * 32)
            keys.rotate()
    finally:
        os.umask(before)
    assert set(seen) <= {0o600, 0o700, stat.S_IMODE(tmp_path.stat().st_mode)}
    for each in (tmp_path / "a", *(tmp_path / "a").rglob("*")):
        assert stat.S_IMODE(each.stat().st_mode) == (0o700 if each.is_dir() else 0o600), each
    assert files.is_private(keys.folder)
    (tmp_path / "a" / "b").chmod(0o750)
    assert not files.is_private(keys.folder)


# Kept --------------------------------------------------------------------------------------------------


def test_the_first_key_of_a_name_stays(folder: Path) -> None:
    keys = FileKeys.open(folder)
    assert put(keys, "case:new", b"a" * 32) == b"a" * 32
    assert put(keys, "case:new", b"b" * 32) == b"a" * 32
    assert got(FileKeys.open(folder), "case:new") == b"a" * 32


def test_of_many_who_put_at_once_all_have_the_same(folder: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from rupture_protocol.store.keys.file_keys import FileKeys\n"
        "keys = FileKeys.open(Path(sys.argv[1]))\n"
        "for n in range(20):\n"
        "    kept = keys.kept.put(f'race:{n}', keys.wrap(os.urandom(32), b'c'))\n"
        "    print(keys.unwrap(kept, b'c').hex())"
    )
    racers = [
        subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = {each.communicate(timeout=60)[0] for each in racers}
    assert len(said) == 1
    assert len(said.pop().split()) == 20


@pytest.mark.parametrize("name", ["", "a/../../b", "x" * 5000, "ünïcode\0\n", "CON", "\ud800"])
def test_any_name_can_be_kept(folder: Path, name: str) -> None:
    keys = FileKeys.open(folder)
    keys.kept.put(name, keys.wrap(b"k" * 32, b""))
    assert keys.kept.get(name) is not None
    keys.kept.destroy(name)
    assert keys.kept.get(name) is None


def test_no_file_tells_whose_key_it_holds(folder: Path) -> None:
    assert not [each for each in folder.rglob("*") if "case" in each.name]


def test_what_is_destroyed_is_gone_and_the_rest_stays(folder: Path) -> None:
    keys = FileKeys.open(folder)
    wrapped = keys.kept.get("case:c1")
    assert wrapped is not None
    assert wrapped in everything_in(folder)
    keys.kept.destroy("case:c1")
    keys.kept.destroy("case:c1")
    assert keys.kept.get("case:c1") is None
    assert wrapped not in everything_in(folder)
    assert got(keys, "case:c0") == CASE_KEYS["case:c0"]


@POSIX
def test_what_is_destroyed_is_overwritten_before_it_is_removed(folder: Path, tmp_path: Path) -> None:
    keys = FileKeys.open(folder)
    wrapped = keys.kept.get("case:c1")
    (file,) = [
        each for each in folder.rglob("*") if each.is_file() and (wrapped or b"?") in each.read_bytes()
    ]
    os.link(file, tmp_path / "other")
    keys.kept.destroy("case:c1")
    assert set((tmp_path / "other").read_bytes()) == {0}


def test_destroying_that_is_cut_off_anywhere_leaves_the_key_or_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    act = lambda left: FileKeys.open(left).kept.destroy("case:c1")  # noqa: E731
    for _, left in cut_off_everywhere(monkeypatch, folder, tmp_path / "w", act):
        keys = FileKeys.open(left)
        seen.add(got(keys, "case:c1"))
        keys.kept.destroy("case:c1")
        assert got(keys, "case:c1") is None
        assert got(keys, "case:c2") == CASE_KEYS["case:c2"]
    assert seen == {CASE_KEYS["case:c1"], None}


def test_putting_that_is_cut_off_anywhere_keeps_it_or_not_and_leaves_nothing_behind(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    act = lambda left: put(FileKeys.open(left), "case:new", b"n" * 32)  # noqa: E731
    for _, left in cut_off_everywhere(monkeypatch, folder, tmp_path / "w", act):
        keys = FileKeys.open(left)
        seen.add(got(keys, "case:new"))
        assert put(keys, "case:new", b"m" * 32) in (b"n" * 32, b"m" * 32)
        keys.kept.destroy("case:new")
        assert not list(left.rglob("*.part"))
        assert whole(left)
    assert seen == {b"n" * 32, None}


def test_what_a_cut_off_put_left_beside_is_destroyed_with_the_key(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_beside = 0
    act = lambda left: put(FileKeys.open(left), "case:new", b"n" * 32)  # noqa: E731
    for _, left in cut_off_everywhere(monkeypatch, folder, tmp_path / "w", act):
        left_beside += len(list(left.rglob("*.part")))
        FileKeys.open(left).kept.destroy("case:new")
        assert not list(left.rglob("*.part"))
    assert left_beside


def test_a_process_that_is_killed_holds_nobody_up(folder: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from rupture_protocol.store.keys import files\n"
        "with files.locked(Path(sys.argv[1]) / 'kept' / 'lock'):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(StoreBusy), files.locked(folder / "kept" / "lock", timeout=0.05):
        pass
    holder.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    holder.wait(60)
    holder.stdout.close()
    put(FileKeys.open(folder), "case:new", b"n" * 32)


def test_a_key_is_unwrapped_in_its_own_context_only(folder: Path) -> None:
    keys = FileKeys.open(folder)
    wrapped = keys.wrap(b"k" * 32, b"case:a")
    assert keys.unwrap(wrapped, b"case:a") == b"k" * 32
    with pytest.raises(KeysDamaged):
        keys.unwrap(wrapped, b"case:b")
    with pytest.raises(KeysDamaged):
        keys.unwrap(wrapped.replace(b"case:a", b"case:b"), b"case:b")


def test_a_key_of_another_store_is_not_opened(folder: Path, tmp_path: Path) -> None:
    other = FileKeys.make(tmp_path / "other")
    with pytest.raises(KeysMissing):
        FileKeys.open(folder).unwrap(other.wrap(b"k" * 32, b""), b"")


# Rotated -----------------------------------------------------------------------------------------------


def test_a_rotation_keeps_what_was_signed_and_kept_and_destroys_the_old_secrets(folder: Path) -> None:
    keys = FileKeys.open(folder)
    signature, before, wrapped = keys.sign(b"m"), secrets(folder), keys.kept.get("case:c1")
    keys.rotate(at=NOON.replace(hour=13))
    after = FileKeys.open(folder)
    assert after.trusted[signature.key].verifies(b"m", signature.value)
    assert after.trusted[signature.key].retired == NOON.replace(hour=13)
    assert after.sign(b"m").key != signature.key
    assert whole(folder)
    assert after.kept.get("case:c1") != wrapped
    assert len(before) == len(secrets(folder)) == 2
    assert not set(before.values()) & set(secrets(folder).values())
    assert not any(each in everything_in(folder) for each in before.values())


def test_a_key_is_retired_after_the_last_time_that_somebody_could_sign_with_it(folder: Path) -> None:
    keys, signed = FileKeys.open(folder), datetime.min.replace(tzinfo=UTC)
    old = keys.sign(b"m").key
    thread = threading.Thread(target=FileKeys.open(folder).rotate)
    thread.start()
    while True:
        now = datetime.now(UTC)  # as an event is recorded: first the moment, then the signature
        if keys.sign(b"m").key != old:
            break
        signed = now
    thread.join(60)
    retired = keys.trusted[old].retired
    assert retired is not None
    assert signed <= retired


def test_a_process_that_goes_on_meanwhile_follows(folder: Path) -> None:
    running, rotating = FileKeys.open(folder), FileKeys.open(folder)
    old = running.wrap(b"o" * 32, b"case:old")
    assert running.sign(b"m").key == rotating.sign(b"m").key
    rotating.rotate()
    signed = running.sign(b"m")
    assert signed.key == rotating.sign(b"m").key
    assert running.trusted[signed.key].verifies(b"m", signed.value)
    # What it wrapped before is put after: under the old key, it could be opened by nobody any more.
    running.kept.put("case:old", old)
    assert got(FileKeys.open(folder), "case:old") == b"o" * 32
    assert {name: got(running, name) for name in CASE_KEYS} == CASE_KEYS


def test_a_rotation_that_is_cut_off_anywhere_loses_nothing_and_is_finished_by_the_next(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature = FileKeys.open(folder).sign(b"m")
    old = secrets(folder)
    begun = 0
    act = lambda left: FileKeys.open(left).rotate()  # noqa: E731
    for _, left in cut_off_everywhere(monkeypatch, folder, tmp_path / "w", act):
        assert whole(left)
        keys = FileKeys.open(left)
        put(keys, "case:between", b"b" * 32)
        began = keys.is_rotating()
        signing = keys.sign(b"m").key
        keys.rotate()
        begun += began
        assert not keys.is_rotating()
        assert not list(left.rglob("*.part"))
        assert not any(each in everything_in(left) for each in old.values())
        assert whole(left)
        again = FileKeys.open(left)
        assert got(again, "case:between") == b"b" * 32
        assert again.trusted[signature.key].verifies(b"m", signature.value)
        assert (again.sign(b"m").key == signing) is began
    assert begun > 30


def test_a_rotation_that_is_killed_loses_nothing(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from rupture_protocol.store.keys.file_keys import FileKeys\n"
        "keys = FileKeys.open(Path(sys.argv[1]))\n"
        "print('ready', flush=True)\n"
        "while True: keys.rotate()"
    )
    for round_ in range(5):
        rotating = subprocess.Popen(
            [sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert rotating.stdout is not None
        rotating.stdout.readline()
        time.sleep(0.01 + 0.013 * round_)
        rotating.kill()
        rotating.wait(60)
        rotating.stdout.close()
        assert whole(folder)


def test_keys_are_put_and_destroyed_while_others_rotate(folder: Path) -> None:
    rotating, done = FileKeys.open(folder), threading.Event()
    failed: list[BaseException] = []

    def rotate() -> None:
        try:
            while not done.is_set():
                rotating.rotate()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=rotate)
    thread.start()
    keys = FileKeys.open(folder)
    for number in range(60):
        put(keys, f"case:n{number}", bytes([number]) * 32)
        if number % 3 == 0:
            keys.kept.destroy(f"case:n{number}")
    done.set()
    thread.join(60)
    assert not failed
    after = FileKeys.open(folder)
    for number in range(60):
        expected = None if number % 3 == 0 else bytes([number]) * 32
        assert got(after, f"case:n{number}") == expected


def test_a_rotation_stops_before_it_destroys_anything_where_a_wrapped_key_is_damaged(folder: Path) -> None:
    file = max(each for each in (folder / "kept").rglob("*") if len(each.name) == 64)
    good = file.read_bytes()
    before = secrets(folder)
    file.write_bytes(good[:-1])
    keys = FileKeys.open(folder)
    with pytest.raises(KeysDamaged):
        keys.rotate()
    assert before.items() <= secrets(folder).items()
    file.write_bytes(good)
    keys.rotate()
    assert whole(folder)
    assert len(secrets(folder)) == 2


# Damaged -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what", ["kept/*/" + "[0-9a-f]" * 64, "signing/*.key", "wrapping/*.key", "keys.json"]
)
@pytest.mark.parametrize("how", ["cut", "longer", "other", "flipped", "empty", "huge"])
def test_a_damaged_file_is_named_and_nothing_of_it_is_told(folder: Path, what: str, how: str) -> None:
    file = min(folder.glob(what))
    good = file.read_bytes()
    bad = {
        "cut": good[: len(good) // 2],
        "longer": good[:-1] + b"AAAA\n",
        "other": b"hush-hush-hush-hush",
        "flipped": good[:20] + bytes([good[20] ^ 1]) + good[21:],
        "empty": b"",
        "huge": good * 50_000,
    }[how]
    assert whole(folder)
    file.write_bytes(bad)
    with pytest.raises(KeysDamaged) as caught:
        whole(folder)
    assert file.name in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    told = f"{caught.value!r} {caught.value} {caught.value.help}"
    assert "hush" not in told
    assert good[:12].decode("latin-1").strip() not in told.replace("keys.json", "")


def test_the_secret_of_another_key_is_noticed(folder: Path) -> None:
    other = FileKeys.make(folder.parent / "other")
    for kind in ("signing", "wrapping"):
        (file,) = (folder / kind).iterdir()
        (foreign,) = (other.folder / kind).iterdir()
        good = file.read_bytes()
        file.write_bytes(foreign.read_bytes())
        with pytest.raises(KeysDamaged):
            FileKeys.open(folder)
        file.write_bytes(good)
    assert whole(folder)


def test_wrapped_keys_that_were_swapped_are_noticed(folder: Path) -> None:
    first, second = sorted(each for each in (folder / "kept").rglob("*") if len(each.name) == 64)[:2]
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    with pytest.raises(KeysDamaged):
        whole(folder)


@POSIX
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only_can_be_read(folder: Path) -> None:
    everything = (folder, *(each for each in folder.rglob("*") if each.is_dir()))
    for each in everything:
        each.chmod(0o500)
    try:
        assert whole(folder)
        FileKeys.open(folder).sign(b"m")
        with pytest.raises(StoreReadOnly) as caught:
            put(FileKeys.open(folder), "case:new", b"n" * 32)
        assert "RUPTURE_KEYS" in (caught.value.help or "")
        assert str(folder) not in str(caught.value)
    finally:
        for each in everything:
            each.chmod(0o700)


@pytest.mark.parametrize(("number", "error"), [(30, StoreReadOnly), (28, StoreError), (13, StoreReadOnly)])
def test_what_the_system_refuses_is_told_as_ours(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[StoreError]
) -> None:
    keys = FileKeys.open(folder)

    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number), str(folder))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(error) as caught:
        put(keys, "case:new", b"n" * 32)
    assert str(folder) not in f"{caught.value} {caught.value.help}"
    monkeypatch.undo()
    assert got(keys, "case:new") is None


# Told --------------------------------------------------------------------------------------------------


def test_no_secret_is_in_a_repr_or_a_pickle(folder: Path) -> None:
    import base64

    keys = FileKeys.open(folder)
    raw = [base64.b64decode(each) for each in secrets(folder).values()]
    told = f"{keys!r} {keys.kept!r} {keys._in_use!r} {vars(keys)!r} {keys._in_use.wrapping!r}"
    assert not any(each.hex() in told or repr(each)[2:-1] in told for each in raw)
    assert not any(each in pickle.dumps(keys) for each in raw)
    assert pickle.loads(pickle.dumps(keys)).sign(b"m") == keys.sign(b"m")

"""A disk that loses what was not synced: a record of what SQLite writes, and what a power cut leaves of it.

What POSIX promises is durable here, and nothing else: the bytes of a file after its sync, the names in a
folder after the sync of the folder. Of all else a power cut leaves what chance leaves.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
MODES = ("dropped", "torn", "reordered")
"""What happens to writes that were not synced: the last ones are lost; the very last is half there, sector by
sector, and where it is not, old or garbage; any of them are lost while later ones are there."""


@dataclass(frozen=True, slots=True)
class Write:
    file: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    file: int
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    file: int


@dataclass(frozen=True, slots=True)
class Make:
    name: str
    number: int  # not `file`: the sync of a file does not make its name durable


@dataclass(frozen=True, slots=True)
class Remove:
    name: str


@dataclass(frozen=True, slots=True)
class SyncFolder:
    pass


@dataclass(frozen=True, slots=True)
class Mark:
    """Not a write: something that the writer was told, so that what came before must be durable."""

    what: int


Step = Write | Truncate | Sync | Make | Remove | SyncFolder | Mark
Named = Make | Remove
Image = dict[str, bytes]


class Recorder(apsw.VFS):
    """A VFS that writes to a real folder and records every step; `sync` itself costs nothing."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.steps: list[Step] = []
        self.start = image_of(folder)
        self.files = {each: number for number, each in enumerate(self.start)}
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802  # SQLite's names
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        kept = path is not None and not flags[0] & apsw.SQLITE_OPEN_DELETEONCLOSE
        made = kept and self._known(Path(path).name)
        if not kept:
            return apsw.VFSFile("", name, flags)
        is_main = bool(flags[0] & apsw.SQLITE_OPEN_MAIN_DB)
        return RecordedFile(self, self.files[Path(path).name], made and not is_main, name, flags)

    def _known(self, name: str) -> bool:
        """Whether the file is a new one."""
        if name in self.files:
            return False
        self.files[name] = len(self.start) + len(self.steps)  # a number that no other file has had
        self.steps.append(Make(name, self.files[name]))
        return True

    def xDelete(self, path: str, sync_folder: bool) -> None:  # noqa: N802
        super().xDelete(path, sync_folder)
        if self.files.pop(Path(path).name, None) is not None:
            self.steps.append(Remove(Path(path).name))
            if sync_folder:
                self.steps.append(SyncFolder())


class RecordedFile(apsw.VFSFile):
    """An open file of a `Recorder`."""

    def __init__(self, vfs: Recorder, number: int, folder_too: bool, name: Any, flags: list[int]) -> None:
        self.steps = vfs.steps
        self.number = number
        self.folder_too = folder_too
        super().__init__("", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self.steps.append(Write(self.number, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        super().xTruncate(size)
        self.steps.append(Truncate(self.number, size))

    def xSync(self, flags: int) -> None:  # noqa: N802
        self.steps.append(Sync(self.number))
        if self.folder_too:  # as SQLite's own VFS does at the first sync of a journal that it has made
            self.steps.append(SyncFolder())
            self.folder_too = False


@dataclass(slots=True)
class _Platter:
    """What is durable, and what waits to be."""

    names: dict[str, int]
    contents: dict[int, bytearray]
    waiting: list[Step] = field(default_factory=list)

    def do(self, step: Step) -> None:
        match step:
            case Sync(file):
                self._settle([each for each in self.waiting if getattr(each, "file", -1) == file])
            case SyncFolder():
                self._settle([each for each in self.waiting if isinstance(each, Named)])
            case Mark():
                pass
            case _:
                self.waiting.append(step)

    def _settle(self, steps: Sequence[Step]) -> None:
        self.apply(steps)
        settled = set(map(id, steps))
        self.waiting = [each for each in self.waiting if id(each) not in settled]

    def apply(self, steps: Iterable[Step]) -> None:
        for step in steps:
            match step:
                case Write(file, offset, data):
                    content = self.contents.setdefault(file, bytearray())
                    content.extend(bytes(max(0, offset - len(content))))
                    content[offset : offset + len(data)] = data
                case Truncate(file, size):
                    content = self.contents.setdefault(file, bytearray())
                    content.extend(bytes(max(0, size - len(content))))
                    del content[size:]
                case Make(name, number):
                    self.names[name] = number
                case Remove(name):
                    self.names.pop(name, None)

    def image(self) -> Image:
        return {name: bytes(self.contents.get(file, b"")) for name, file in self.names.items()}


def after_cut(start: Image, steps: Sequence[Step], at: int, mode: str, chance: random.Random) -> Image:
    """What a disk holds when the power went after that many steps."""
    numbers = dict(zip(start, range(len(start)), strict=True))
    platter = _Platter(numbers, {numbers[name]: bytearray(data) for name, data in start.items()})
    for step in steps[:at]:
        platter.do(step)
    platter.apply(_survivors(platter.waiting, mode, chance))
    return platter.image()


def _survivors(waiting: Sequence[Step], mode: str, chance: random.Random) -> list[Step]:
    if mode == "reordered":
        share = chance.choice((0.1, 0.5, 0.9))
        return [each for each in waiting if chance.random() < share]
    kept = list(waiting[: chance.randint(0, len(waiting))])
    if mode == "torn" and kept and isinstance(kept[-1], Write):
        kept += _torn(kept.pop(), chance)
    return kept


def _torn(write: Step, chance: random.Random) -> list[Step]:
    """The sectors of a write that came through; one of the others may be garbage."""
    assert isinstance(write, Write)
    pieces: list[Step] = []
    begin = write.offset
    end = write.offset + len(write.data)
    while begin < end:
        stop = min(end, begin - begin % SECTOR + SECTOR)
        data = write.data[begin - write.offset : stop - write.offset]
        match chance.randint(0, 7):
            case 0:
                pieces.append(Write(write.file, begin, chance.randbytes(len(data))))
            case number if number % 2:
                pieces.append(Write(write.file, begin, data))
        begin = stop
    return pieces


def lay_out(image: Mapping[str, bytes], folder: Path) -> None:
    """Makes the folder hold exactly what the image says."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, data in image.items():
        (folder / name).write_bytes(data)


def image_of(folder: Path) -> Image:
    """What a folder holds."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}

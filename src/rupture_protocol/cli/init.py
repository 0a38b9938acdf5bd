"""`rupture init`: a clinic's own protocol that extends another, its scenarios, and editor settings."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from rupture_protocol.cli.drafting import Base

LONGEST_NAME = 64
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
EPILOG = """
\b
Examples:
  rupture init riverside --from standard
  rupture init riverside-teens --from riverside.yaml
  rupture init riverside --from standard --folder protocols
"""


@click.command("init", epilog=EPILOG)
@click.argument("name", metavar="NAME")
@click.option(
    "--from",
    "base",
    metavar="PROTOCOL",
    default="standard",
    help="What it extends: a name, or a file in the same folder. Default: standard.",
)
@click.option("--folder", metavar="DIR", default=".", help="Where to write. Default: here.")
@inputs.path_option
def command(name: str, base: str, folder: str) -> None:
    """Begin a protocol called NAME that extends another and may only be stricter.

    Writes NAME.yaml, NAME.scenarios.yaml and settings for editors, all of which pass `check`. What is there
    already is never overwritten: settings that are ours take the new protocol in, others are left alone.
    """
    from rupture_protocol.cli import drafting, editors

    _check_name(name)
    home = Path(folder)
    found = _base(base, home, name)
    if found.protocol.id == name:
        raise output.Failed(
            f"a protocol cannot extend itself: `{name}`", code=output.USAGE, next="choose another name"
        )
    files = drafting.files(name, found)
    settings = editors.Settings(home, f"{name}.yaml")
    _refuse_what_is_there(home, [*files, *settings.strangers])
    _prove_it_loads(files[f"{name}.yaml"], f"{name}.yaml", home)
    at = "" if folder == "." else f"{inputs.shown_name(folder)}/"
    for file in write(home, {**files, **settings.new}):
        output.emit(f"{at}{file}")
    for said in settings.extend():
        output.talk(f"note: {said}")
    path = "".join(f" --path {each}" for each in inputs.search_path())
    output.talk(f"next: rupture check {at}{name}.yaml{path} --watch")


# The name -------------------------------------------------------------------------------------------


def _check_name(name: str) -> None:
    from rupture_protocol import shipped

    shown = f"`{output.printable(name)[:80]}`"
    if name in shipped.names():
        raise output.Failed(
            f"{shown} is the name of a protocol that is shipped",
            code=output.USAGE,
            help="your own needs a name of its own, as that of your clinic",
            next=f"rupture init riverside --from {name}",
        )
    if len(name) > LONGEST_NAME:
        raise output.Failed(
            f"{shown} is too long for a name",
            code=output.USAGE,
            help=f"at most {LONGEST_NAME} characters",
            next="rupture init riverside --from standard",
        )
    if not _NAME.fullmatch(name):
        raise output.Failed(
            f"{shown} cannot be the name of a protocol",
            code=output.USAGE,
            help="small letters, digits and single hyphens, as in `riverside`",
            next=f"rupture init {_likely(name) or 'riverside'}",
        )


def _likely(name: str) -> str | None:
    """The name that was probably meant: `Riverside Clinic.yaml` means `riverside-clinic`."""
    plain = unicodedata.normalize("NFKD", name.removesuffix(".yaml")).encode("ascii", "ignore").decode()
    likely = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return likely if _NAME.fullmatch(likely) and len(likely) <= LONGEST_NAME else None


# What it extends ------------------------------------------------------------------------------------


def _base(written: str, home: Path, name: str) -> Base:
    """The protocol that is extended: one of the search path by its name, or a file of the same folder."""
    from rupture_protocol import loading
    from rupture_protocol.cli.drafting import Base
    from rupture_protocol.errors import ProtocolNotFound
    from rupture_protocol.folders import Folders
    from rupture_protocol.language.nearest import did_you_mean

    folders = Folders(inputs.search_path())
    if folders.find(written) is not None:
        return Base(loading.load(written, path=inputs.search_path()))
    file = _file_of(written, home)
    if file is None:
        raise ProtocolNotFound(
            f"no protocol is called `{output.printable(written)[:80]}`",
            help=did_you_mean(written, folders.names()) or "or name a file, as in `base.yaml`",
        )
    if file.parent.resolve() != home.resolve():
        raise output.Failed(
            f"`{inputs.shown_name(written)}` is not in the folder that is written to",
            code=output.USAGE,
            help="a protocol extends a file beside it, or one that is found by its name",
            next=f"rupture init {name} --from {file.stem} --path {inputs.shown_name(str(file.parent))}",
        )
    return Base(loading.load(file, path=inputs.search_path()), file.name)


def _file_of(written: str, home: Path) -> Path | None:
    """The file that was meant: as a path from here, or by its name in the folder that is written to."""
    for each in (Path(written), home / written, home / f"{written}.yaml"):
        try:
            if each.is_file():
                return each
        except (OSError, ValueError):  # no path at all
            return None
    return None


# Writing --------------------------------------------------------------------------------------------


def _refuse_what_is_there(home: Path, files: list[str]) -> None:
    there = [file for file in files if (home / file).exists() or (home / file).is_symlink()]
    if there:
        raise output.Failed(
            f"already there: {', '.join(f'`{each}`' for each in there)}",
            code=output.REFUSED,
            help="nothing was written",
            next="choose another name, or another --folder",
        )


def _prove_it_loads(text: str, file: str, home: Path) -> None:
    """What is about to be written is valid, or nothing is written and all its issues are told."""
    from rupture_protocol import loading
    from rupture_protocol.errors import InvalidProtocol

    folder = home if home.is_dir() else None
    checked = loading.checks(text, file=file, path=inputs.search_path(), folder=folder)
    if checked.protocol is None:
        raise InvalidProtocol(checked.issues)


def write(home: Path, files: dict[str, str]) -> list[str]:
    """Write files that are not there yet: all of them, or none."""
    written: list[Path] = []
    try:
        for file, text in files.items():
            path = home / file
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as target:
                written.append(path)
                target.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        reason = (error.strerror or "it is not known why").lower()
        raise output.Failed(
            f"cannot write `{file}`: {reason}",
            code=output.CANNOT_LOAD,
            next="choose another --folder",
        ) from None
    return list(files)

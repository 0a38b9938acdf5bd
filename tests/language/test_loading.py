"""From a name, a path or a text to a protocol or its issues."""

from __future__ import annotations

from pathlib import Path

import pytest

from rupture_protocol import InvalidProtocol, ProtocolNotFound, check, load, loads, shipped
from rupture_protocol.errors import RuptureError, Severity
from rupture_protocol.loading import checks

SMALLEST = """\
format: 1
protocol: example
version: 1.0.0
title: Repairing harm
states:
  aware: {initial: true, transitions: {close: {to: closed}}}
  closed: {final: true}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clinic.yaml"
    path.write_text(SMALLEST, encoding="utf-8")
    return path


def test_a_shipped_protocol_loads_by_its_name() -> None:
    assert "standard" in shipped.names()
    for name in shipped.names():
        assert load(name).id == name
        assert load(name) == load(name)


def test_a_path_loads_as_text_or_as_path(file: Path) -> None:
    assert load(file) == load(str(file)) == loads(SMALLEST)


def test_a_file_in_the_folder_loads_by_its_bare_name(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    file.rename("clinic")

    assert load("clinic").id == "example"
    assert load(Path("clinic")).id == "example"


def test_a_shipped_name_wins_over_a_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    file.rename("standard")

    assert load("standard").id == "standard"
    assert load("./standard").id == "example"


def test_bytes_and_text_are_the_same_protocol() -> None:
    assert loads(SMALLEST) == loads(SMALLEST.encode())


def test_an_invalid_file_raises_with_all_its_issues(file: Path) -> None:
    file.write_text(SMALLEST.replace("closed:", "clsed:").replace("1.0.0", "one"), encoding="utf-8")

    with pytest.raises(
        InvalidProtocol, match=r"^clinic\.yaml:3:10: error\[bad-version\].* \(and 1 more\)$"
    ) as refused:
        load(file)

    assert [issue.code for issue in refused.value.issues] == ["bad-version", "unknown-state"]
    assert refused.value.issues == check(file)
    assert refused.value.render().count("help:") == 2


def test_an_absolute_path_is_in_no_message(file: Path) -> None:
    file.write_text("a", encoding="utf-8")

    assert str(file.parent) not in "".join(issue.render() for issue in check(file))
    with pytest.raises(InvalidProtocol) as refused:
        load(file)
    assert str(file.parent) not in str(refused.value) + refused.value.render()


def test_check_gives_warnings_and_load_does_not_raise_them(file: Path) -> None:
    issues = check(file)

    assert {issue.severity for issue in issues} == {Severity.WARNING}
    assert load(file).id == "example"


def test_a_name_that_is_nearly_shipped_is_helped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ProtocolNotFound, match="no protocol is called `standrad`") as refused:
        load("standrad")

    assert refused.value.help == "did you mean `standard`?"


@pytest.mark.parametrize(
    "source",
    [
        "",
        ".",
        "..",
        "/",
        "no/such.yaml",
        "x" * 5_000,
        "x" * 5_000 + ".yaml",
        "a\0b",
        "a\0b.yaml",
        "\ud800.yaml",
        "*",
        "~",
    ],
    ids=lambda source: ascii(source[:12]),
)
def test_what_is_no_file_is_not_found_and_nothing_else(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for given in (source, Path(source)):
        with pytest.raises(ProtocolNotFound) as refused:
            load(given)
        assert len(str(refused.value)) < 200
        assert "\0" not in str(refused.value)


def test_a_folder_is_not_a_protocol(tmp_path: Path) -> None:
    folder = tmp_path / "folder.yaml"
    folder.mkdir()

    with pytest.raises(ProtocolNotFound, match=r"^cannot read `folder\.yaml`: is a directory$"):
        load(folder)


def test_a_device_without_an_end_is_too_large() -> None:
    zero = Path("/dev/zero")
    if not zero.exists():
        pytest.skip("no /dev/zero here")

    assert [issue.code for issue in check(zero)] == ["file-too-large"]


@pytest.mark.parametrize("text", ["\ud800", "title: \udfff", b"\xff\xfe", SMALLEST.encode("utf-16"), b"\x00"])
def test_what_is_no_text_is_an_issue(text: str | bytes) -> None:
    assert checks(text).protocol is None
    assert checks(text).errors


def test_everything_that_is_refused_is_one_kind_of_error() -> None:
    assert issubclass(InvalidProtocol, RuptureError)
    assert issubclass(ProtocolNotFound, RuptureError)

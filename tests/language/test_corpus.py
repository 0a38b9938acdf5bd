"""Every broken file of the corpus says exactly what is expected of it, and every issue code has one."""

from __future__ import annotations

import re

import pytest
from tests.corpus.cases import INVALID, MADE, TOGETHER, broken, issues_of, issues_of_files, rendered

from rupture_protocol.errors import LONGEST_QUOTE, InvalidProtocol
from rupture_protocol.language import codes
from rupture_protocol.loading import checks, loads

BROKEN = dict(broken())
SEVERAL_FILES = sorted(path.name for path in TOGETHER.iterdir() if path.is_dir())
SEVERAL = {"all-at-once", "all-at-once-no-cascade"}
"""Files with more than one mistake."""

each_file = pytest.mark.parametrize("name", BROKEN)


def code_of(name: str) -> str:
    """The longest code that the name begins with."""
    return max((code for code in codes.ALL if f"{name}-".startswith(f"{code}-")), key=len, default="")


@pytest.mark.parametrize("name", SEVERAL_FILES)
def test_files_that_are_broken_together_yield_exactly_the_text_beside_them(name: str) -> None:
    issues = issues_of_files(name)
    expected = (TOGETHER / name / "expected.txt").read_text(encoding="utf-8")

    assert rendered(issues) == expected
    assert code_of(name) in {issue.code for issue in issues}


@each_file
def test_a_broken_file_yields_exactly_the_text_beside_it(name: str) -> None:
    expected = (INVALID / f"{name}.txt").read_text(encoding="utf-8")

    assert rendered(issues_of(name, BROKEN[name])) == expected


@each_file
def test_one_mistake_is_one_issue(name: str) -> None:
    issues = issues_of(name, BROKEN[name])

    if name in SEVERAL:
        assert len(issues) > 1
    else:
        assert [issue.code for issue in issues] == [code_of(name)]


@each_file
def test_an_issue_is_well_formed(name: str) -> None:
    lines = BROKEN[name].decode("utf-8", "replace").split("\n")
    for issue in issues_of(name, BROKEN[name]):
        assert issue.severity is codes.ALL[issue.code].severity
        assert issue.span.file == f"{name}.yaml"
        assert 1 <= issue.span.line <= len(lines)
        assert 1 <= issue.span.column <= len(lines[issue.span.line - 1]) + 1
        assert len(issue.excerpt) <= LONGEST_QUOTE
        assert issue.caret + issue.underline <= max(1, len(issue.excerpt)) + 1


@each_file
def test_a_message_is_a_short_line_in_lower_case_without_a_full_stop(name: str) -> None:
    for issue in issues_of(name, BROKEN[name]):
        for words in (issue.message, issue.help or "a"):
            assert "\n" not in words
            assert not words.endswith(".")
            assert not words[0].isupper() or words.startswith("UTF-8")
            assert max(map(len, re.findall(r"`([^`]*)`", words)), default=0) <= LONGEST_QUOTE
            assert not re.search(r"pydantic|Traceback|<class|dict_|NoneType", words)
        assert len(issue.message) <= 2 * LONGEST_QUOTE
        assert len(issue.help or "") <= 3 * LONGEST_QUOTE


@each_file
def test_issues_come_in_file_order(name: str) -> None:
    places = [(issue.span.line, issue.span.column) for issue in issues_of(name, BROKEN[name])]

    assert places == sorted(places)


@each_file
def test_errors_refuse_a_file_and_warnings_do_not(name: str) -> None:
    checked = checks(BROKEN[name], file=f"{name}.yaml")

    assert (checked.protocol is None) == bool(checked.errors)
    if checked.errors:
        with pytest.raises(InvalidProtocol) as refused:
            loads(BROKEN[name], file=f"{name}.yaml")
        assert refused.value.issues == checked.issues
        assert str(refused.value).startswith(str(checked.errors[0]))


def test_warnings_are_given_only_where_there_are_no_errors() -> None:
    for name, data in BROKEN.items():
        assert len({issue.severity for issue in issues_of(name, data)}) == 1, name


def test_every_code_of_a_protocol_has_a_broken_file() -> None:
    of_protocols = set(codes.ALL) - set(codes.GROUPS["Scenarios"])  # those: `tests/scenarios/test_reading.py`
    assert {code_of(name) for name in [*BROKEN, *SEVERAL_FILES]} - {""} == of_protocols


def test_every_expected_text_has_a_file() -> None:
    assert {path.stem for path in INVALID.glob("*.txt")} == set(BROKEN)
    assert not {path.stem for path in INVALID.glob("*.yaml")} & set(MADE)


def test_a_file_with_many_mistakes_reports_them_all_in_file_order() -> None:
    issues = issues_of("all-at-once", BROKEN["all-at-once"])

    assert len(issues) == 19
    assert len({issue.code for issue in issues}) >= 12


def test_no_message_names_an_absolute_path() -> None:
    for name, data in BROKEN.items():
        assert str(INVALID.parent) not in rendered(issues_of(name, data))

"""Every test here runs with PyYAML's C loader and with its pure one."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import yaml

from rupture_protocol.errors import Issue, Severity, Span
from rupture_protocol.language import source
from rupture_protocol.language.source import BROKEN, Document, Plain, read


@pytest.fixture(autouse=True, params=["CSafeLoader", "SafeLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = getattr(yaml, request.param, None)
    if chosen is None:
        pytest.skip("PyYAML without libyaml")
    monkeypatch.setattr(source, "_loader", lambda: chosen)


def data_of(text: str | bytes) -> Any:
    """What is read of a file with nothing wrong in it."""
    return document(text).data


def document(text: str | bytes) -> Document:
    found, issues = read(text if isinstance(text, bytes) else text.encode(), file="f.yaml")
    assert not issues
    assert found
    return found


def issues_of(text: str | bytes) -> tuple[Issue, ...]:
    return read(text if isinstance(text, bytes) else text.encode(), file="f.yaml")[1]


def issue_of(text: str | bytes) -> Issue:
    (issue,) = issues_of(text)
    return issue


def codes(text: str | bytes) -> list[tuple[str, int, int]]:
    return [(issue.code, issue.span.line, issue.span.column) for issue in issues_of(text)]


def kept(text: str | bytes) -> Any:
    found, issues = read(text if isinstance(text, bytes) else text.encode(), file="f.yaml")
    assert issues
    assert found
    return found.data


# --- what is read


def test_a_protocol_is_read_as_plain_data() -> None:
    text = """\
        format: 1
        title: Repairing harm
        facts:
          level: {type: scale, values: [none, "low"], limit: 1.50, ask: null, varies: true, at: 12:30}
        """
    facts = {"level": {"type": "scale", "values": ["none", "low"], "limit": Decimal("1.50")}}
    facts["level"] |= {"ask": None, "varies": True, "at": "12:30"}

    assert data_of(text) == {"format": 1, "title": "Repairing harm", "facts": facts}


def test_quoted_and_block_texts_are_text_whatever_they_look_like() -> None:
    data = data_of("- '1'\n- \"true\"\n- |\n  12\n- >-\n  null\n- ''")

    assert data == ["1", "true", "12\n", "null", ""]
    assert all(type(item) is str for item in data)


def test_an_unquoted_text_that_readers_type_differently_is_plain() -> None:
    data = data_of("[yes]")

    assert data == ["yes"]
    assert isinstance(data[0], Plain)


def test_a_key_that_looks_like_a_truth_is_text() -> None:
    data = data_of("yes: 1\n2026-11-01: 2")

    assert data == {"yes": 1, "2026-11-01": 2}
    assert [type(key) for key in data] == [str, str]


def test_a_value_that_is_not_written_is_nothing() -> None:
    assert data_of("a:\nb: [c, {d: }]\n") == {"a": None, "b": ["c", {"d": None}]}


def test_json_is_read() -> None:
    assert data_of('{"a":[1,{"b":"c"}],"d":{"e":null}}') == {"a": [1, {"b": "c"}], "d": {"e": None}}


def test_right_to_left_and_cjk_text_is_welcome() -> None:
    assert data_of("שלום: مرحبا\n标题: 修复 😀") == {"שלום": "مرحبا", "标题": "修复 😀"}


@pytest.mark.parametrize("text", ["می\u200cخواهم", "क्\u200dष", "क्\u200cष"])
def test_a_joiner_between_letters_that_need_it_is_welcome(text: str) -> None:
    assert data_of(f"a: {text}") == {"a": text}


def test_a_byte_order_mark_and_any_line_breaks_are_fine() -> None:
    assert data_of(b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3\n") == {"a": 1, "b": 2, "c": 3}


def test_one_start_and_one_end_marker_are_fine() -> None:
    assert data_of("---\na: 1\n...\n") == {"a": 1}


def test_a_question_mark_outside_brackets_is_text() -> None:
    data = data_of("ask: How high is it?\n?why: '[why?]'")

    assert data == {"ask": "How high is it?", "?why": "[why?]"}


def test_a_colon_before_a_bracket_outside_brackets_is_text() -> None:
    assert data_of("a: b:[c], d:, e") == {"a": "b:[c], d:, e"}


def test_a_percent_sign_in_a_text_is_text() -> None:
    assert data_of('a: "x\n%y"\nb: 5 %') == {"a": "x %y", "b": "5 %"}


def test_keys_are_kept_in_one_unicode_form() -> None:
    assert data_of("e\u0301: e\u0301") == {"\xe9": "e\u0301"}


# --- where it is written


def test_every_value_and_key_has_its_place() -> None:
    found = document('a:\n  b: [x, "y z"]\n  c: {d: 1.5}')

    assert found.span(("a", "b")) == Span("f.yaml", 2, 6, 16)
    assert found.span(("a", "b"), key=True) == Span("f.yaml", 2, 3, 4)
    assert found.span(("a", "b", 1)) == Span("f.yaml", 2, 10, 15)
    assert found.span(("a", "c", "d")) == Span("f.yaml", 3, 10, 13)


def test_a_value_over_several_lines_ends_with_its_first() -> None:
    found = document("a:  \n  b: 1  \n  c: 2\nd: |\n  x\n")

    assert found.span(()) == Span("f.yaml", 1, 1, 3)
    assert found.span(("a",)) == Span("f.yaml", 2, 3, 7)
    assert found.span(("d",)) == Span("f.yaml", 4, 4, 5)


def test_what_is_not_written_has_the_place_of_its_nearest_parent() -> None:
    found = document("a:\n  b: 1")

    assert found.span(("a", "x", 3)) == found.span(("a",))
    assert found.span(("a", "x"), key=True) == Span("f.yaml", 1, 1, 2)
    assert found.span(("a",), key=False) == Span("f.yaml", 2, 3, 7)


def test_a_list_item_has_no_key_so_its_value_stands_for_it() -> None:
    assert document("- a").span((0,), key=True) == Span("f.yaml", 1, 3, 4)


def test_a_value_that_is_not_written_is_right_after_its_colon() -> None:
    found = document("a:\nb: {c: , 'd' : }")

    assert found.span(("a",)) == Span("f.yaml", 1, 3, 3)
    assert found.span(("b", "c")) == Span("f.yaml", 2, 7, 7)
    assert found.span(("b", "d")) == Span("f.yaml", 2, 15, 15)


def test_columns_count_characters_not_bytes() -> None:
    found = document("\ufeffa: [😀, é, e\u0301, 漢, x]".encode())

    assert [found.span(("a", index)).column for index in range(5)] == [5, 8, 11, 15, 18]


def test_an_issue_shows_the_written_line_and_the_caret() -> None:
    found = document("a:\n  to: acknowleged # here")
    issue = found.issue("not-yaml", "unknown state", ("a", "to"), help="did you mean …?")

    assert issue == Issue(
        "not-yaml", "unknown state", Span("f.yaml", 2, 7, 18), Severity.ERROR, "did you mean …?",
        "  to: acknowleged # here", 6, 11,
    )  # fmt: skip


def test_a_long_line_is_shown_around_the_caret_only() -> None:
    found = document(f"a: [{'x, ' * 100}here, {'y, ' * 100}]")
    issue = found.issue("not-yaml", "…", ("a", 100))

    assert len(issue.excerpt) == 80
    assert issue.excerpt[issue.caret : issue.caret + issue.underline] == "here"
    assert (issue.excerpt[0], issue.excerpt[-1]) == ("…", "…")


@pytest.mark.parametrize("length", range(70, 90))
def test_a_caret_is_always_in_its_excerpt(length: int) -> None:
    issue = issue_of("a: " + "x" * (length - 8) + " y: b")

    assert len(issue.excerpt) <= 80
    assert issue.excerpt[issue.caret] == ":"


# --- what is refused, and what is kept of it


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3", "{a: 1, 'a': 3}", "e\u0301: 1\n\xe9: 3"])
def test_a_key_written_twice_keeps_its_first_value(text: str) -> None:
    assert issue_of(text).code == "duplicate-key"
    assert 1 in kept(text).values()
    assert 3 not in kept(text).values()


def test_a_duplicate_key_says_where_the_first_one_is() -> None:
    issue = issue_of("x: 0\na: 1\na: {b: 2}")

    assert str(issue) == "f.yaml:3:1: error[duplicate-key]: the key `a` is written twice"
    assert issue.help == "it is first written in line 2"


def test_what_is_wrong_below_a_refused_key_is_reported_too() -> None:
    assert codes("a: 1\na: {b: 1, b: 2, c: [!x y]}") == [
        ("duplicate-key", 2, 1), ("duplicate-key", 2, 11), ("tag", 2, 21),
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["1", "1.5", "true", "null", "9" * 40, "[a]", "{a: b}"])
def test_a_key_that_is_not_text_is_refused_and_left_out(key: str) -> None:
    text = f"{{x: 1, {key} : {{y: 2}}, z: 3}}"

    assert codes(text) == [("key-not-text", 1, 8)]
    assert kept(text) == {"x": 1, "z": 3}


@pytest.mark.parametrize("text", ["x:\n    : 2", "x: 1\n\n: 2", "x: {y: 1,\n: 2}"])
def test_a_key_that_is_missing_is_refused(text: str) -> None:
    assert [code for code, _, _ in codes(text)] == ["key-not-text"]


def test_a_merge_key_is_refused_and_left_out() -> None:
    assert codes("a: 1\n<<: {b: 2}") == [("merge-key", 2, 1)]
    assert kept("a: 1\n<<: {b: 2}") == {"a": 1}
    assert data_of("'<<': 1") == {"<<": 1}


def test_an_anchor_is_refused_and_its_value_kept() -> None:
    assert codes("a: &x 1\nb: &y {c: 2}") == [("anchor", 1, 4), ("anchor", 2, 4)]
    assert kept("a: &x 1\nb: &y {c: 2}") == {"a": 1, "b": {"c": 2}}


def test_an_alias_is_refused_and_its_value_broken() -> None:
    assert codes("a: &x 1\nb: *x\n*x : 3") == [("anchor", 1, 4), ("anchor", 2, 4), ("anchor", 3, 1)]
    assert kept("a: &x 1\nb: *x\n*x : 3") == {"a": 1, "b": BROKEN}


def test_aliases_that_would_expand_without_end_cost_nothing() -> None:
    steps = (f"{more}: &{more} [*{less}, *{less}]\n" for less, more in pairwise("abcdefghijklmnopqrstuvwxyz"))
    bomb = "a: &a [x]\n" + "".join(steps)

    assert {issue.code for issue in issues_of(bomb)} == {"anchor"}


@pytest.mark.parametrize(
    "tag",
    ["!x", "!", "!!str", "!!python/object:os.system", "!<tag:x>", "!!binary", "!a,b", "!e!x", "!x?", "!%zz"],
)
def test_a_tag_is_refused(tag: str) -> None:
    assert codes(f"a: {tag} 1") == [("tag", 1, 4)]


def test_the_value_of_a_tag_is_kept_as_it_is_written() -> None:
    assert kept("a: !!str 1\nb: !!int x") == {"a": 1, "b": "x"}


def test_an_anchor_and_a_tag_on_one_value_are_both_refused() -> None:
    assert codes("a: &x !y 1") == [("anchor", 1, 4), ("tag", 1, 7)]
    assert codes("b: !y &z 1") == [("tag", 1, 4), ("anchor", 1, 7)]


@pytest.mark.parametrize("line", ["%YAML 1.2", "%YAML 9.9", "%TAG ! x", "%nonsense", "%"])
def test_a_directive_is_refused_and_the_rest_read(line: str) -> None:
    assert codes(f"# c\n{line}\n---\na: 1") == [("directive", 2, 1)]
    assert kept(f"# c\n{line}\n---\na: 1") == {"a": 1}


@pytest.mark.parametrize("text", ["a: 1\n%b: 2", "a: 1\n%TAG ! x\nb: 2"])
def test_a_percent_sign_at_the_start_of_a_line_is_a_directive_too(text: str) -> None:
    assert codes(text) == [("directive", 2, 1)]


@pytest.mark.parametrize("text", ["---\na: 1\n---\nb: 2", "a: 1\n---", "a: 1\n...\nb: 2", "a: 1\n--- !x"])
def test_a_second_document_is_refused_and_the_first_read(text: str) -> None:
    assert [issue.code for issue in issues_of(text)] == ["several-documents"]
    assert kept(text) == {"a": 1}


@pytest.mark.parametrize("text", ["", " \n\n", "# only a comment", "---", "---\n...\n", "\ufeff"])
def test_a_file_that_holds_nothing_is_empty(text: str) -> None:
    assert read(text.encode(), file="f.yaml")[0] is None
    assert codes(text) == [("empty-file", 1, 1)]


@pytest.mark.parametrize(
    "data", [b"a: 1\nb\xe9: \xff", "a: 1\r\nbé".encode() + b"\xc3", b"a: 1\nb\xc3\xa9\xed\xa0\x80"]
)
def test_what_is_not_utf8_is_refused_where_it_stops_being_so(data: bytes) -> None:
    (issue,) = issues_of(data)

    assert (issue.code, issue.span.line) == ("not-utf8", 2)
    assert issue.span.column in (2, 3)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf16_is_refused(encoding: str) -> None:
    assert {issue.code for issue in issues_of("a: ä".encode(encoding))} & {"not-utf8", "hidden-character"}


_HIDDEN = tuple(
    "\x00\x07\x0b\x1b\x7f\x85\x9f\xad\u034f\u061c\u115f\u1160\u180e"
    "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2064\u2066\u2069"
    "\u3164\ufeff\uffa0\ufff9\ufdd0\uffff\U0001fffe\U000e0001\U000e0041\U0010ffff"
)


@pytest.mark.parametrize("char", _HIDDEN, ids=lambda char: f"U+{ord(char):04X}")
def test_a_hidden_character_is_refused_raw_escaped_and_in_comments(char: str) -> None:
    number = f"U+{ord(char):04X}"
    escaped = f"\\U{ord(char):08x}"
    raw = (f"a:  x{char}y", f'a: "x{char}y"', f"a: |\n    x{char}", f"ab: #{char}")
    for text in (*raw, f'a: "x{escaped}y"'):
        issue = issue_of(text)

        assert (issue.code, issue.span.column) == ("hidden-character", 6)
        assert number in issue.message
        assert char not in issue.render()


def test_what_is_around_a_hidden_character_is_kept() -> None:
    assert kept('na\u200bme: \u202ex\nb: "\\u200by\\u202e"') == {"name": "x", "b": "y"}


@pytest.mark.parametrize(
    ("escape", "number"),
    [("\\0", "U+0000"), ("\\e", "U+001B"), ("\\r", "U+000D"), ("\\N", "U+0085"), ("\\P", "U+2029")],
)
def test_a_hidden_character_by_its_short_escape_is_refused(escape: str, number: str) -> None:
    issue = issue_of(f'a: "\\n\\t\\\\0\n  x{escape}"')

    assert (issue.code, issue.span.line, issue.span.column) == ("hidden-character", 2, 4)
    assert number in issue.message


def test_a_backslash_outside_double_quotes_is_text() -> None:
    assert data_of("a: \\0\nb: '\\e'") == {"a": "\\0", "b": "\\e"}


@pytest.mark.parametrize("text", ["\xa0a: b", "a: \u3000b", "a: b\xa0"])
def test_a_space_that_is_none_to_yaml_is_refused_at_the_edge_of_an_unquoted_text(text: str) -> None:
    assert issue_of(text).code == "hidden-character"
    assert kept(text) == {"a": "b"}


def test_an_indentation_of_no_break_spaces_is_told() -> None:
    assert codes("a:\n\xa0\xa0b") == [("hidden-character", 2, 1)]


def test_a_no_break_space_inside_a_text_is_welcome() -> None:
    assert data_of("a: 10\xa0mg") == {"a": "10\xa0mg"}


@pytest.mark.parametrize(
    "text",
    ["a: [why?]", "a: [?b]", "a: {b?: 1}", "a: [b:]", "a: {b:, c: 1}", "a: [x, b::]", "a: [b':]"],
)
def test_an_unquoted_text_in_brackets_that_readers_split_differently_is_refused(text: str) -> None:
    assert issue_of(text).code == "quote-it"


def test_quote_it_says_how() -> None:
    assert issue_of("ask: [x, why?]").render() == (
        "f.yaml:1:10: error[quote-it]: `?` in an unquoted text in brackets\n"
        "    1 │ ask: [x, why?]\n"
        "      │          ^^^^\n"
        '      help: quote it: `"why?"`'
    )


def test_a_colon_right_before_a_bracket_in_brackets_is_refused_once() -> None:
    assert codes("{a:[1]}") == [("quote-it", 1, 3)]


@pytest.mark.parametrize("text", ["? a\n: b", "?\n  - a\n: b", "{? a : b}", "x: 1\n? y"])
def test_a_key_over_several_lines_is_refused_once(text: str) -> None:
    assert issue_of(text).code == "quote-it"


@pytest.mark.parametrize("escape", [r"\ud83d", r"\uDE00", r"\U0000d800", r"\UFFFFFFFF", r"\U00110000"])
def test_an_escape_for_what_is_no_character_is_refused(escape: str) -> None:
    assert codes(f'a: "x{escape}" # {escape}') == [("quote-it", 1, 6)]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a:\tb", "quote-it", 1, 3),
        ("a: b\t", "quote-it", 1, 5),
        ("a: b\t# c", "quote-it", 1, 5),
        ("-\ta", "quote-it", 1, 2),
        ("a: 'x #'\t", "quote-it", 1, 9),
        ("a: 'x\ty'", "quote-it", 1, 6),
        ("a: |\n  x\ty", "quote-it", 2, 4),
        ("a:\n\tb: 1", "not-yaml", 2, 1),
        ("a:\n  b: 1\n\tc: 1", "not-yaml", 3, 1),
        ("a: [\n\tb\n]", "not-yaml", 2, 1),
        ("\t\na: 1", "not-yaml", 1, 1),
    ],
)
def test_a_tab_outside_comments_is_refused_once(text: str, code: str, line: int, column: int) -> None:
    assert codes(text) == [(code, line, column)]
    assert "\t" not in issue_of(text).render()


def test_a_tab_in_a_comment_or_as_an_escape_is_fine() -> None:
    assert data_of('# a\tb\na: "x\\ty" # c\td') == {"a": "x\ty"}


def test_a_number_sign_in_a_text_starts_no_comment() -> None:
    assert codes("a: 'x # \ty'") == [("quote-it", 1, 9)]


def test_a_number_that_is_too_large_is_broken() -> None:
    text = f"a: {2**53}\nb: 0.{'1' * 34}\nc: {'9' * 5000}"

    assert [issue.code for issue in issues_of(text)] == ["number-too-large"] * 3
    assert kept(text) == {"a": BROKEN, "b": BROKEN, "c": BROKEN}


# --- what is not YAML, in our words


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a: b: c", 1, 5, "`:` where no key can be"),
        ("a: 1\nb\nc: 2", 2, 1, "no `:` in this line"),
        ("a: 'x", 1, 4, "a quote that is never closed"),
        ('x: 1\na: "x\n\n\n', 2, 4, "a quote that is never closed"),
        ("a: 'x\n---\n", 1, 4, "a quote that is not closed before `---` or `...`"),
        ("a: [b, c\n", 1, 4, "`[` is never closed"),
        ("a: {b: c\n", 1, 4, "`{` is never closed"),
        ("a: [b c: d e: f]", 1, 13, "`,` or `]` is missing before this"),
        ("a: {b: [c}", 1, 10, "`,` or `]` is missing before this"),
        ("a: {b: c]", 1, 9, "`,` or `}` is missing before this"),
        ("a: @b", 1, 4, "a character that cannot start an unquoted text"),
        ("a: `b", 1, 4, "a character that cannot start an unquoted text"),
        ("a: |x\n  b", 1, 5, "a text after `|` or `>`"),
        ("a: |#x\n  b", 1, 5, "a text after `|` or `>`"),
        ("a: - b", 1, 4, "`- ` where no list can start"),
        ("a:\n  b: 1\n c: 2", 3, 2, "this does not line up with the keys above"),
        ("a:\n  - b\n c: 2", 3, 2, "this does not line up with the keys above"),
        ("- a\nb: c", 2, 1, "this does not line up with the list above"),
        ('a: "\\q"', 1, 6, "an escape that YAML does not know"),
        ('a: "\\u12"', 1, 7, "an escape that YAML does not know"),
        ("[a]\nb: 1", 2, 1, "this does not belong to what is above"),
    ],
)
def test_a_syntax_error_is_told_in_our_words(text: str, line: int, column: int, message: str) -> None:
    issue = issue_of(text)

    assert read(text.encode(), file="f.yaml")[0] is None
    assert issue.message == message
    assert (issue.code, issue.span.line, issue.span.column) == ("not-yaml", line, column)


def test_what_was_wrong_before_a_syntax_error_is_reported_too_in_file_order() -> None:
    text = "a: 1\na: [why?]\nb: \u200b\nc: 'x"

    found = [code for code, _, _ in codes(text)]

    assert found == ["duplicate-key", "quote-it", "hidden-character", "not-yaml"]


@pytest.mark.parametrize("text", ["*a*: b", "&a&: b", "a: *\n", "a: & b"])
def test_a_text_that_starts_like_an_alias_is_told_to_be_quoted(text: str) -> None:
    issue = issue_of(text)

    assert issue.code == "anchor"
    assert "quotes" in (issue.help or "")


# --- limits


def test_a_file_may_have_256_kib_and_no_more() -> None:
    most = b"a: 1\n" + b"#" * (256 * 1024 - 5)

    assert data_of(most) == {"a": 1}
    assert codes(most + b"#") == [("file-too-large", 1, 1)]


def test_a_file_that_is_too_large_is_not_even_decoded() -> None:
    assert codes(b"\xff" * (256 * 1024 + 1)) == [("file-too-large", 1, 1)]


def test_yaml_may_be_32_levels_deep_and_no_more() -> None:
    document("[" * 32 + "]" * 32)
    assert codes("[" * 33 + "]" * 33) == [("too-deep", 1, 33)]
    assert codes("".join(" " * depth + "a:\n" for depth in range(40))) == [("too-deep", 33, 33)]


def test_a_file_may_have_20000_nodes_and_no_more() -> None:
    document("[" + "a," * 19_999 + "]")
    assert codes("[" + "a," * 20_000 + "]") == [("too-many-nodes", 1, 40_000)]


def test_a_text_may_have_8192_characters_and_no_more() -> None:
    document(f"a: {'é' * 8_192}")
    assert codes(f"a: {'é' * 8_193}") == [("scalar-too-long", 1, 4)]
    assert codes(f"a: |\n  {'x ' * 5_000}") == [("scalar-too-long", 1, 4)]
    assert kept(f"a: {'é' * 8_193}\nb: 1") == {"a": BROKEN, "b": 1}


def test_a_key_may_have_128_characters_and_no_more() -> None:
    document(f"{'é' * 128}: 1")
    assert codes(f"{'é' * 129}: 1\nb: 1") == [("key-too-long", 1, 1)]
    assert codes(f"{'é' * 1_500}: 1\nb: 1") == [("key-too-long", 1, 1)]
    assert kept(f"{'é' * 129}: 1\nb: 1") == {"b": 1}


@pytest.mark.parametrize("char", ["\u200b", "\t", r"\ud800"])
def test_a_file_full_of_what_is_refused_gets_a_list_of_bearable_length(char: str) -> None:
    assert len(issues_of(f'- "{char}"\n' * 5_000)) == 100


INDICATORS = ["[", "{", "- ", "? ", "{a: ", "&a ", "!a ", "a: ", "%\n", '"']


def test_a_file_full_of_one_indicator_is_answered_without_a_crash() -> None:
    # In a process of its own: PyYAML's C loader, if it recursed, would take this one with it.
    script = (
        "import yaml; from rupture_protocol.language import source;"
        f"source._loader = lambda: yaml.{source._loader().__name__};"
        "issues = lambda text: source.read(text.encode() * (262144 // len(text)), file='f')[1];"
        f"[print(repr(text), len(issues(text)) > 0, flush=True) for text in {INDICATORS!r}]"
    )
    path = {"PYTHONPATH": ":".join(sys.path)}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, env=path)

    assert run.stdout.splitlines() == [f"{text!r} True" for text in INDICATORS]
    assert run.returncode == 0


@pytest.mark.parametrize(
    "text",
    [f"a: b: {'x' * 500}", f"{'x' * 500}\na: 1", f"!{'x' * 500}", f"&{'x' * 500} a", f"*{'x' * 500}"],
)
def test_no_message_repeats_more_than_80_characters(text: str) -> None:
    for issue in issues_of(text):
        assert max(map(len, issue.render().splitlines())) <= 120
        assert "x" * 81 not in issue.render()


def test_without_libyaml_the_pure_loader_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(yaml, "__with_libyaml__", False)

    assert source._loader() is yaml.SafeLoader

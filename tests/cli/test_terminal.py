"""Text fit for a terminal."""

import json

import pytest

from clawctl.cli.terminal import clip, columns, escaped, harmless, span, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("a\nb\tc", "a b c"),
        ("right\u202eto left", "right\\x202eto left"),
        ("\x9b31m", "\\x9b31m"),
        ("Zo\u00eb \u4f60\u597d", "Zo\u00eb \u4f60\u597d"),
    ],
)
def test_nothing_a_caller_says_steers_the_terminal(text, shown):
    assert harmless(text) == shown


@pytest.mark.parametrize(
    "text", ["Zo\u00eb\n", "\x1b]0;owned\x07", "\x9b31m\x7f", "\u202eabc", "\U000e0001"]
)
def test_json_on_a_terminal_is_still_the_same_json(text):
    shown = escaped(json.dumps({"said": text}, ensure_ascii=False) + "\n")

    assert json.loads(shown) == {"said": text}
    assert shown[:-1].isprintable()


@pytest.mark.parametrize(
    ("text", "taken"), [("abc", 3), ("\u4f60\u597d", 4), ("e\u0301", 1), ("", 0)]
)
def test_columns_are_counted_as_a_terminal_does(text, taken):
    assert width(text) == taken


@pytest.mark.parametrize(
    ("text", "most", "clipped"),
    [("hello", 5, "hello"), ("hello", 4, "hel…"), ("\u4f60\u597d\u4f60", 4, "\u4f60…")],
)
def test_what_is_too_wide_is_cut(text, most, clipped):
    assert clip(text, most) == clipped


def test_rows_stand_in_columns_and_the_last_one_gives():
    rows = [("one", "\u4f60", "short"), ("three", "b", "a rather long text")]

    assert columns(rows, 23) == ["one    \u4f60  short", "three  b   a rather lo…"]
    assert columns([], 80) == []


def test_one_long_cell_leaves_room_for_the_others():
    assert columns([("x" * 300, "default")], 80) == ["x" * 39 + "\u2026  default"]


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (7260, "2 h 1 min")]
)
def test_spans_are_said_briefly(seconds, said):
    assert span(seconds) == said

"""A screen as tests see it."""

import pytest

from clawctl.testing.terminal import COLUMNS, Screen


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("one\r\ntwo", ["one", "two"]),
        ("one\rtw", ["twe"]),
        ("one\x1b[2Dx", ["oxe"]),
        ("one\r\x1b[Ktwo", ["two"]),
        ("one\r\ntwo\r\nthree\x1b[2A\r\x1b[Jx", ["x"]),
        ("\x1b[3Cx", ["   x"]),
        ("a\x1b[1;31mb\x1b[0m\x1b[?25lc\x1b]2;title\x07d\x1b7e", ["abcde"]),
        ("x" * COLUMNS + "y", ["x" * COLUMNS, "y"]),
        ("ab\bc\x07", ["ac"]),
        ("\x1b[9A\x1b[9Dx", ["x"]),
        ("x\r\n\r\n", ["x"]),
    ],
)
def test_what_is_written_is_shown(written, shown):
    screen = Screen()

    screen.feed(written)

    assert screen.lines() == shown


def test_a_sequence_may_come_in_pieces():
    screen = Screen()

    for piece in ("a\x1b", "[", "3", "1mb\x1b]2;ti", "tle\x1b", "\\c"):
        screen.feed(piece)

    assert screen.lines() == ["abc"]
    assert screen.coloured


def test_bold_is_no_colour():
    screen = Screen()

    screen.feed("\x1b[0;1;7mloud\x1b[0m")

    assert not screen.coloured


def test_it_tells_where_the_cursor_is():
    answers = []
    screen = Screen(answers.append)

    screen.feed("one\r\ntwo\x1b[6n")

    assert answers == ["\x1b[2;4R"]

"""What reaches a terminal, and what reaches a pipe."""

import io
import json

from clawctl.cli.output import Output

EVIL = {"said": "\x9b31m\u202e\x7f Zo\u00eb"}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_json_on_a_terminal_steers_it_not():
    out = Terminal()

    Output(as_json=True, out=out).data(EVIL)

    assert out.getvalue() == '{"said":"\\u009b31m\\u202e\\u007f Zo\u00eb"}\n'
    assert json.loads(out.getvalue()) == EVIL


def test_a_pipe_gets_what_there_is():
    out = io.StringIO()

    Output(out=out).text("\x9b31m\n")

    assert out.getvalue() == "\x9b31m\n"


def test_a_line_that_quotes_a_stranger_steers_no_terminal_and_keeps_our_colours():
    out = Terminal()
    output = Output(out=out)

    output.line("a\x1b[8mb\x1b]0;owned\x07", "bad")
    output.event("told", f"{output.styled('fine', 'good')}\n\x1b[2J\x9b31m")

    assert out.getvalue() == (
        "\x1b[31m\x1b[1ma\\u001b[8mb\\u001b]0;owned\\u0007\x1b[0m\n"
        "\x1b[32mfine\x1b[0m\n\\u001b[2J\\u009b31m\n"
    )


def test_a_note_that_quotes_a_stranger_steers_no_terminal(capsys):
    Output(out=io.StringIO()).note("one\x1b[2J\ntwo")

    assert capsys.readouterr().err == "one\\x1b[2J\ntwo\n"

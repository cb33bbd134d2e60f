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


def test_a_note_that_quotes_a_stranger_steers_no_terminal(capsys):
    Output(out=io.StringIO()).note("one\x1b[2J\ntwo")

    assert capsys.readouterr().err == "one\\x1b[2J\ntwo\n"

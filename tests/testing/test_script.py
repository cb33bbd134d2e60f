import math
import re
from pathlib import Path

import pytest

from clawctl.errors import BadInput
from clawctl.testing.script import Script, Step, parse, read

NO_STEP = "no step; those are say, wav, pause, expect"
UNCLOSED = "missing ), unterminated subpattern at position 0"
PATH = Path("calls/one.txt")


def test_a_script_is_read_step_by_step() -> None:
    script = parse(
        """
        # A caller.
        say: Hello: it is me.
        expect: (?i)name
        pause: 2
        wav: name.wav
        pause: 1.5
        pause: 1
        """,
        PATH,
    )

    assert script == Script(
        steps=(
            Step(words="Hello: it is me.", expect=re.compile("(?i)name")),
            Step(wav=Path("calls/name.wav"), pause_s=2.0),
        ),
        lingers_s=2.5,
    )


def test_a_last_pause_may_last_until_the_phone_hangs_up() -> None:
    assert parse("say: Hello.\npause: inf", PATH).lingers_s == math.inf


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "calls/one.txt: nobody says anything; begin with 'say: Hello.'"),
        ("say: a\nsya: b", f"calls/one.txt:2: 'sya: b' is {NO_STEP}"),
        ("hello", f"calls/one.txt:1: 'hello' is {NO_STEP}"),
        ("say:", "calls/one.txt:1: 'say:' needs something after it"),
        ("pause: soon", "calls/one.txt:1: 'soon' is no number of seconds"),
        ("pause: -1", "calls/one.txt:1: a pause lasts from 0 to 3600 s, or inf"),
        ("pause: nan", "calls/one.txt:1: a pause lasts from 0 to 3600 s, or inf"),
        ("expect: x", "calls/one.txt:1: 'expect:' belongs under what the caller says"),
        (
            "say: a\nexpect: x\nexpect: y",
            "calls/one.txt:3: there is an 'expect:' already; join them with |",
        ),
        (
            "say: a\nexpect: (",
            f"calls/one.txt:2: '(' is no regular expression: {UNCLOSED}",
        ),
    ],
)  # fmt: skip
def test_a_faulty_line_is_named(text: str, fault: str) -> None:
    with pytest.raises(BadInput, match=f"^{re.escape(fault)}$"):
        parse(text, PATH)


def test_every_faulty_line_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        parse("sing: a\nsay: b\npause: long", PATH)

    assert [line.split(": ")[0] for line in str(refused.value).splitlines()] == [
        "calls/one.txt:1",
        "calls/one.txt:3",
    ]


@pytest.mark.parametrize("content", [None, b"say: \xff"])
def test_an_unreadable_script_is_bad_input(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "script.txt"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BadInput, match="cannot be read"):
        read(path)

"""What the phone's shell cannot read."""

import pytest

from clawctl.testing.device.script import BadScript, parse


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("echo 'a", "syntax error: no closing quote"),
        ('echo "a', "syntax error: no closing quote"),
        ("echo `a", "syntax error: no closing quote"),
        ("(echo a", "syntax error: unmatched '('"),
        ("echo $(a", "syntax error: unmatched '('"),
        ("echo a)", "syntax error: unexpected ')'"),
        ("; echo a", "syntax error: unexpected ';'"),
        ("echo >", "syntax error: '>' without a target"),
        ("(" * 5_000, "syntax error: too many brackets"),
    ],
)
def test_a_script_that_cannot_be_read_says_why(text: str, why: str) -> None:
    with pytest.raises(BadScript) as raised:
        parse(text)

    assert str(raised.value) == why


def test_steps_are_joined_as_they_are_written() -> None:
    steps = parse("a && b || c; d | e &\nf")

    assert [(step.joint, len(step.pipeline), step.background) for step in steps] == [
        (";", 1, False),
        ("&&", 1, False),
        ("||", 1, False),
        (";", 2, True),
        (";", 1, False),
    ]


@pytest.mark.parametrize("text", ["", "  ", "\n\n", "# nothing", " # nothing\n"])
def test_nothing_is_a_script_too(text: str) -> None:
    assert parse(text) == []

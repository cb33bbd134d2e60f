"""The options of the phone's programs."""

import pytest

from clawctl.testing.device.options import options


@pytest.mark.parametrize(
    ("words", "flags", "values", "operands"),
    [
        ("-rf a b", {"r", "f"}, {}, ["a", "b"]),
        ("a -r", {"r"}, {}, ["a"]),
        ("-w 3 host", set(), {"w": "3"}, ["host"]),
        ("-w3 host", set(), {"w": "3"}, ["host"]),
        ("-lw3", {"l"}, {"w": "3"}, []),
        ("-w", set(), {"w": ""}, []),
        ("-- -r", set(), {}, ["-r"]),
        ("-", set(), {}, ["-"]),
    ],
)
def test_letters_and_words_are_told_apart(
    words: str, flags: set[str], values: dict[str, str], operands: list[str]
) -> None:
    assert options(words.split(), "w") == (flags, values, operands)

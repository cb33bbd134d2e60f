"""The options of a command, in the manner of the phone's own programs."""

from typing import NamedTuple


class Options(NamedTuple):
    """Single letters that were given, those with a value, and what is no option."""

    flags: frozenset[str]
    values: dict[str, str]
    operands: list[str]


def options(arguments: list[str], valued: str = "") -> Options:
    """Letters in `valued` take a value; everything is an operand behind `--`."""
    flags: set[str] = set()
    values: dict[str, str] = {}
    operands: list[str] = []
    left = iter(arguments)
    for word in left:
        if word == "--":
            operands += left
        elif not word.startswith("-") or word == "-":
            operands.append(word)
        else:
            for index, letter in enumerate(word[1:], 2):
                if letter in valued:
                    values[letter] = word[index:] or next(left, "")
                    break
                flags.add(letter)
    return Options(frozenset(flags), values, operands)

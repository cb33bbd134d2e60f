"""English number words, beside another library's."""

import pytest
from num2words import num2words

from clawctl.engines.spoken.english_numbers import cardinal, fraction, number, ordinal, year

SMALL = [*range(3000), *range(3000, 10**6, 977)]
LARGE = [*range(10**6, 10**12, 10**9 + 12_345), 10**6, 10**9, 10**12, 10**15 - 1]


def british(n: int, to: str) -> str:
    """The other library's, without its "and" and commas."""
    said: str = num2words(n, lang="en", to=to)
    return said.replace(" and ", " ").replace(",", "").replace("oh-", "oh ")


def test_cardinals_are_what_others_say() -> None:
    assert [cardinal(n) for n in SMALL + LARGE] == [british(n, "cardinal") for n in SMALL + LARGE]


def test_ordinals_are_what_others_say() -> None:
    assert [ordinal(n) for n in SMALL] == [british(n, "ordinal") for n in SMALL]


def test_years_are_what_others_say() -> None:
    years = range(1010, 2100)

    assert [year(n) for n in years] == [british(n, "year") for n in years]


def test_no_two_numbers_sound_alike() -> None:
    assert len({cardinal(n) for n in SMALL + LARGE}) == len({*SMALL, *LARGE})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,234.50", "one thousand two hundred thirty-four point five zero"),
        ("0", "zero"),
        ("007", "zero zero seven"),
        ("1234567", "one two three, four five six seven"),
        ("1,234,567", cardinal(1_234_567)),
        (
            "9" * 16,
            "nine nine nine, nine nine nine, nine nine nine, nine nine nine, nine nine nine nine",
        ),
    ],
)
def test_what_is_no_quantity_is_said_digit_by_digit(text: str, said: str) -> None:
    assert number(text) == said


@pytest.mark.parametrize(
    ("part", "of", "said"),
    [
        (1, 2, "one half"),
        (3, 4, "three quarters"),
        (5, 8, "five eighths"),
        (1, 32, "one thirty-second"),
    ],
)
def test_parts(part: int, of: int, said: str) -> None:
    assert fraction(part, of) == said

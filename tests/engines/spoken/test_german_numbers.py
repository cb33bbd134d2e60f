"""German number words, beside another library's."""

import pytest
from num2words import num2words

from clawctl.engines.spoken.german_numbers import cardinal, number, ordinal, part, year

# The other library says "einhunderteinstausend" for 101 000.
SMALL = [n for n in (*range(3000), *range(3000, 10**6, 977)) if n // 1000 % 100 != 1 or n < 2000]
LARGE = [n for n in range(10**6, 10**12, 10**9 + 12_345) if n // 1000 % 100 != 1]
ROUND = [10**6, 2 * 10**6, 10**9, 10**12]


def theirs(n: int, to: str) -> str:
    said: str = num2words(n, lang="de", to=to)
    return said


def test_cardinals_are_what_others_say() -> None:
    numbers = SMALL + LARGE + ROUND

    assert [cardinal(n) for n in numbers] == [theirs(n, "cardinal") for n in numbers]


def test_ordinals_are_what_others_say() -> None:
    assert [ordinal(n, "e") for n in SMALL] == [theirs(n, "ordinal") for n in SMALL]


def test_years_are_what_others_say() -> None:
    years = range(1000, 2100)

    assert [year(n) for n in years] == [theirs(n, "year") for n in years]


def test_thousands_behind_a_hundred_and_one() -> None:
    assert cardinal(101_000) == "einhunderteintausend"
    assert ordinal(101_001, "en") == "einhunderteintausendersten"


def test_no_two_numbers_sound_alike() -> None:
    assert len({cardinal(n) for n in SMALL + LARGE}) == len({*SMALL, *LARGE})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1.234,50", "eintausendzweihundertvierunddreißig Komma fünf null"),
        ("007", "null null sieben"),
        ("1234567", "eins zwei drei, vier fünf sechs sieben"),
        ("1.234.567", cardinal(1_234_567)),
        (
            "9" * 16,
            "neun neun neun, neun neun neun, neun neun neun, neun neun neun, neun neun neun neun",
        ),
    ],
)
def test_what_is_no_quantity_is_said_digit_by_digit(text: str, said: str) -> None:
    assert number(text) == said


@pytest.mark.parametrize(
    ("count", "of", "said"),
    [
        (1, 2, "ein halb"),
        (2, 3, "zwei Drittel"),
        (3, 4, "drei Viertel"),
        (1, 7, "ein Siebtel"),
        (5, 8, "fünf Achtel"),
        (1, 100, "ein Hundertstel"),
    ],
)
def test_parts(count: int, of: int, said: str) -> None:
    assert part(count, of) == said

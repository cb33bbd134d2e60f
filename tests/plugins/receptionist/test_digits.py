import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawctl_plugins.receptionist.digits import Fix, ending, mend, normal, parse, spoken, swap
from clawctl_plugins.receptionist.english.digits import NUMBERS as ENGLISH
from clawctl_plugins.receptionist.german.digits import NUMBERS as GERMAN
from clawctl_plugins.receptionist.language import NumberWords

_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_GERMAN = ("drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
WAYS = {
    "en": {
        "0": ["zero", "oh", "nought"],
        **{str(digit): [word] for digit, word in enumerate(_ENGLISH, 1)},
    },
    "de": {
        "0": ["null"],
        "1": ["eins"],
        "2": ["zwei", "zwo"],
        **{str(digit): [word] for digit, word in enumerate(_GERMAN, 3)},
    },
}


def said(lang: str) -> st.SearchStrategy[tuple[str, str]]:
    """Digits, and a way to say them; nothing but "oh" would not be digits."""
    one = st.sampled_from([(digit, way) for digit, ways in WAYS[lang].items() for way in ways])
    several = st.lists(one, min_size=3, max_size=15).filter(
        lambda pairs: any(way != "oh" for _, way in pairs)
    )
    return several.map(
        lambda pairs: ("".join(digit for digit, _ in pairs), " ".join(way for _, way in pairs))
    )


@given(said("en"))
def test_digits_spoken_in_english_come_back_exactly(number: tuple[str, str]) -> None:
    digits, words = number

    assert parse(f"my number is {words}", ENGLISH) == digits


@given(said("de"))
def test_digits_spoken_in_german_come_back_exactly(number: tuple[str, str]) -> None:
    digits, words = number

    assert parse(f"meine nummer ist {words}", GERMAN) == digits


@given(st.from_regex(r"\+?[0-9]{3,20}", fullmatch=True))
def test_what_is_read_back_can_be_understood_again(number: str) -> None:
    assert parse(spoken(number, "plus"), ENGLISH) == number
    assert parse(spoken(number, "plus"), GERMAN) == number


@pytest.mark.parametrize(
    ("number", "heard"),
    [
        ("", ""),
        ("555", "5 5 5"),
        ("5551", "5 5 5 1"),
        ("55512", "5 5 5, 1 2"),
        ("5551234", "5 5 5, 1 2 3 4"),
        ("0305551234", "0 3 0, 5 5 5, 1 2 3 4"),
        ("+49301234567", "plus 4 9 3, 0 1 2, 3 4 5, 6 7"),
    ],
)
def test_a_number_is_grouped_for_the_ear(number: str, heard: str) -> None:
    assert spoken(number, "plus") == heard


@pytest.mark.parametrize(
    ("words", "text", "digits"),
    [
        (ENGLISH, "double five triple oh seven", "550007"),
        (ENGLISH, "eight hundred five five five", "800555"),
        (ENGLISH, "twenty five thirty", "2530"),
        (ENGLISH, "five to six for you", "526"),
        (ENGLISH, "it is to five", "25"),
        (ENGLISH, "ready to five", "5"),
        (ENGLISH, "nothing at all", ""),
        (GERMAN, "einundzwanzig dreimal die sieben", "21777"),
        (GERMAN, "neunzehn hundert", "1900"),
    ],
)
def test_numbers_are_said_in_many_ways(words: NumberWords, text: str, digits: str) -> None:
    assert parse(text, words) == digits


@pytest.mark.parametrize(
    ("number", "fix", "mended"),
    [
        ("5551234", Fix(-1, "5"), "5551235"),
        ("5551234", Fix(-2, "99"), "5551299"),
        ("5551234", Fix(0, "44"), "4451234"),
        ("+4955512", Fix(1, "8"), "+4855512"),
        ("555", Fix(-4, "1234"), "555"),
        ("555", Fix(9, "1"), "555"),
    ],
)
def test_single_digits_are_mended(number: str, fix: Fix, mended: str) -> None:
    assert mend(number, fix) == mended


def test_the_last_of_several_equal_digits_is_swapped() -> None:
    assert swap("5551234", "6", "5") == "5561234"
    assert swap("5551234", "12", "5") == "5551234"
    assert swap("5551234", "6", "9") == "5551234"


def test_a_number_is_digits_and_perhaps_a_plus() -> None:
    assert normal(" +49 (30) 12-34") == "+49301234"
    assert ending("+49 (30) 12-34") == "1 2 3 4"

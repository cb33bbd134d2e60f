from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from clawctl.config.scalar import scalar
from clawctl.config.schema import Numbers
from clawctl.config.table import Setting, settings_table
from clawctl.config.values import allowed, check, parse
from clawctl.errors import BadInput

TABLE = settings_table()
Whole = Annotated[int, Meta(ge=0, le=9)]
Part = Annotated[float, Meta(gt=0, le=9)]
Text = Annotated[str, Meta(max_length=5)]
Either = Text | tuple[Text, ...]
Choice = Literal["en", "de"]


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (bool, "true or false"),
        (Whole, "a whole number from 0 to 9"),
        (Part, "a number above 0 and up to 9"),
        (Annotated[float, Meta(ge=0.5, lt=2)], "a number from 0.5 and below 2"),
        (int, "a whole number"),
        (str, "text"),
        (Text, "text of at most 5 characters"),
        (Choice, "one of de, en"),
        (tuple[str, ...], "a list of text"),
        (list[Whole], "a list of a whole number from 0 to 9"),
        (Either, "text of at most 5 characters or a list of text of at most 5 characters"),
        (dict[str, int], "a mapping"),
    ],
)
def test_what_is_allowed_is_said_in_words(of: Any, words: str) -> None:
    assert allowed(of) == words


@pytest.mark.parametrize(
    ("of", "text", "value"),
    [
        (bool, "Yes", True),
        (bool, "0", False),
        (bool, "off", False),
        (bool, "maybe", "maybe"),
        (Whole, " 7 ", 7),
        (Whole, "7.5", "7.5"),
        (Whole, "", ""),
        (Part, "7", 7.0),
        (Text, " 7 ", " 7 "),
        (Choice, "de", "de"),
        (tuple[str, ...], "a, b ,", ["a", "b"]),
        (tuple[str, ...], '["a,b", "c"]', ["a,b", "c"]),
        (tuple[str, ...], "", []),
        (tuple[str, ...], "[a", "[a"),
        (Either, "auto", "auto"),
        (Either, "mlx,receptionist", ["mlx", "receptionist"]),
        (dict[str, int], '{"a": 1}', {"a": 1}),
    ],
)
def test_text_becomes_the_value_it_writes(of: Any, text: str, value: Any) -> None:
    assert parse(of, text) == value


@pytest.mark.parametrize(
    ("of", "value", "why"),
    [
        (Whole, "8", "must be a whole number from 0 to 9, not text"),
        (Whole, 10, "must be a whole number from 0 to 9, not a number like that"),
        (Whole, True, "must be a whole number from 0 to 9, not true"),
        (Whole, 1.0, "must be a whole number from 0 to 9, not a number like that"),
        (Whole, None, "must be a whole number from 0 to 9, not null"),
        (bool, 1, "must be true or false, not a number like that"),
        (Text, 5, "must be text of at most 5 characters, not a number (put it in quotes)"),
        (Text, "secret", "must be text of at most 5 characters, not text like that"),
        (Text, ["a"], "must be text of at most 5 characters, not a list"),
        (Text, {"a": 1}, "must be text of at most 5 characters, not a mapping"),
        (list[Text], [5], "must be a list of text of at most 5 characters, not a list like that"),
        (float, float("nan"), "must be a number, not nan"),
        (float, float("inf"), "must be a number, not inf"),
        (Part, 10**400, "must be a number above 0 and up to 9, not a number like that"),
        (Text, "a\x00", "must not hold control characters or broken Unicode"),
        (list[Text], ["\ud800"], "must not hold control characters or broken Unicode"),
        (dict[str, str], {"a": "\x1b"}, "must not hold control characters or broken Unicode"),
    ],
)
def test_a_wrong_value_is_refused_without_being_quoted(of: Any, value: Any, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        check(of, value)

    assert str(refused.value) == why


def test_a_whole_number_will_do_for_a_number_and_a_list_is_made_immutable() -> None:
    part = check(Part, 3)

    assert (part, type(part)) == (3.0, float)
    assert check(Numbers, ["+49 30", "110"]) == ("+49 30", "110")


def test_text_may_have_lines() -> None:
    assert check(str, "one\n\ttwo") == "one\n\ttwo"


@given(st.sampled_from(TABLE), st.data())
def test_what_is_written_for_the_environment_is_read_back(
    row: Setting, data: st.DataObject
) -> None:
    values = [row.default, *data.draw(st.lists(st.from_type(str), max_size=1))]
    fitting = [value for value in values if _fits(row, value)]

    for value in fitting:
        written = value if isinstance(value, str) else scalar(value)
        again = check(row.type, parse(row.type, written))
        listed = isinstance(value, str) and isinstance(again, tuple)
        assert listed or again == value


def _fits(row: Setting, value: Any) -> bool:
    try:
        check(row.type, value)
    except BadInput:
        return False
    return True

from typing import Any

import pytest

from clawctl.config.json_text import edited, read
from clawctl.errors import BadSettings


def test_values_and_the_lines_they_stand_on_are_read() -> None:
    assert read('{\n  "port": 1,\n\n  "host": "x"\n}') == (
        {"port": 1, "host": "x"},
        {"port": 2, "host": 4},
    )
    assert read("") == ({}, {})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{\n"port": 1,\n}', "line 3: not JSON: Expecting property name enclosed in double quotes"),
        ("[]", 'must hold settings: {"key": value, …}'),
        ('{"port": 1, "port": 2}', "port stands there twice"),
        ("[" * 100_000, "not JSON: a value in it cannot be read"),
        ('{"port": ' + "9" * 5000 + "}", "not JSON: a value in it cannot be read"),
    ],
)
def test_what_is_no_json_of_settings_is_refused(text: str, fault: str) -> None:
    with pytest.raises(BadSettings) as refused:
        read(text)

    assert refused.value.faults == [fault]


@pytest.mark.parametrize(
    ("text", "changes", "after"),
    [
        ('{\n    "b": 1,\n    "a": 2\n}', {"a": 3}, '{\n    "b": 1,\n    "a": 3\n}\n'),
        ('{\n\t"b": 1\n}', {"a": ["ü"]}, '{\n\t"b": 1,\n\t"a": [\n\t\t"ü"\n\t]\n}\n'),
        ('{"b": 1, "a": 2}', {"b": None, "c": None}, '{\n  "a": 2\n}\n'),
        ("", {"a": 1}, '{\n  "a": 1\n}\n'),
    ],
)
def test_a_change_keeps_order_and_indentation(
    text: str, changes: dict[str, Any], after: str
) -> None:
    assert edited(text, changes) == after

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clawctl.config.render import example
from clawctl.config.table import settings_table
from clawctl.config.yaml_text import edited, read
from clawctl.errors import BadSettings, ClawError

EXAMPLE = example(settings_table())
OWNERS = """\
# Mine.
port: 9000   # not the usual one

greeting_owner: 'Ada'  # quoted so
caller_blocklist:      # the nuisance
  - "+49 30 1"
  # this one too
  - "110"

# What she is called.
tts_voice: af_sky
keep_history:
llm_stop: ["a",
  "b"]
llm_system_prompt: |
  Be brief.
  Be kind.
# The end.
"""
ANY_TEXT = st.text(max_size=30).filter(
    lambda text: not any(unicodedata.category(c) in ("Cc", "Cs") for c in text)
)


def test_values_and_the_lines_they_stand_on_are_read() -> None:
    values, lines = read(OWNERS)

    assert values == {
        "port": 9000,
        "greeting_owner": "Ada",
        "caller_blocklist": ["+49 30 1", "110"],
        "tts_voice": "af_sky",
        "keep_history": None,
        "llm_stop": ["a", "b"],
        "llm_system_prompt": "Be brief.\nBe kind.\n",
    }
    assert lines["port"] == 2
    assert lines["tts_voice"] == 11


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "\n\n", "{}"])
def test_a_file_may_hold_nothing(text: str) -> None:
    assert read(text) == ({}, {})


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("port: 1\nhost: [a", ["line 2: not YAML: expected ',' or ']', but got '<stream end>'"]),
        (
            "port: 1\nhost: a\nport: 2\nhost: b\nport: 3\n",
            [
                "line 3: port is already on line 1",
                "line 4: host is already on line 2",
                "line 5: port is already on line 3",
            ],
        ),
        ("port: %x\n", ["line 1: not YAML: found character '%' that cannot start any token"]),
        ("port: *x\n", ["line 1: not YAML: found undefined alias something"]),
        ("- port\n", ["must hold settings, a line `key: value` for each"]),
        ("port", ["must hold settings, a line `key: value` for each"]),
        ("port: 1\n? [a]\n: 2\n", ["line 2: a key must be text"]),
        ("port: 1\n--- \nport: 2\n", ["line 2: not YAML: but found another document"]),
        ("port: \x01\n", ["not YAML: a value or a character in it cannot be read"]),
        ("port: 2024-13-45\n", ["not YAML: a value or a character in it cannot be read"]),
        ("port: " + "[" * 1000, ["not YAML: a value or a character in it cannot be read"]),
    ],
)
def test_what_is_no_yaml_of_settings_is_refused(text: str, faults: list[str]) -> None:
    with pytest.raises(BadSettings) as refused:
        read(text)

    assert refused.value.faults == faults


@pytest.mark.parametrize(
    "text",
    [
        "bearer_token: hunter2\nbearer_token: hunter3\n",
        "bearer_token: *hunter2\n",
        "bearer_token: !hunter2 x\n",
        "bearer_token: 'hunter2\n",
        "bearer_token: {hunter2: 1, hunter2: 2, hunter3",
    ],
)
def test_a_complaint_about_the_file_quotes_no_value(text: str) -> None:
    with pytest.raises(BadSettings) as refused:
        read(text)

    assert "hunter" not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"port": 1}, "port: 9000   #", "port: 1   #"),
        ({"greeting_owner": "Bob"}, "'Ada'  #", '"Bob"  #'),
        ({"tts_voice": None}, "tts_voice: af_sky", "tts_voice: null"),
        ({"keep_history": True}, "keep_history:\n", "keep_history: true\n"),
        ({"llm_stop": []}, '["a",\n  "b"]', "[]"),
        ({"llm_system_prompt": "Hm."}, "|\n  Be brief.\n  Be kind.\n", '"Hm."\n'),
        (
            {"caller_blocklist": ["1", "2", "3"]},
            '- "+49 30 1"\n  # this one too\n  - "110"',
            '- "1"\n  - "2"\n  - "3"',
        ),
        (
            {"caller_blocklist": []},
            'caller_blocklist:      # the nuisance\n  - "+49 30 1"\n  # this one too\n  - "110"',
            "caller_blocklist: []      # the nuisance",
        ),
        ({"max_duration_sec": 60}, "# The end.\n", "# The end.\nmax_duration_sec: 60\n"),
        ({"max_duration_sec": None}, "", ""),
    ],
)
def test_a_change_touches_nothing_but_its_own_value(
    changes: dict[str, Any], old: str, new: str
) -> None:
    assert edited(OWNERS, changes) == OWNERS.replace(old, new)


@pytest.mark.parametrize(
    ("text", "changes", "after"),
    [
        ("", {"port": 1}, "port: 1\n"),
        ("# only this", {"port": 1}, "# only this\nport: 1\n"),
        ("host: x", {"port": 1}, "host: x\nport: 1\n"),
        ("  host: x\n", {"port": 1}, "  host: x\n  port: 1\n"),
        ("{}", {"port": 1}, '{ "port": 1}'),
        ('{"host": "x"}\n', {"port": 1, "host": "y"}, '{"host": "y", "port": 1}\n'),
        ("{host: x,\n}\n", {"port": 1}, '{host: x, "port": 1\n}\n'),
        ("a: 1\r\nl:\r\n- x\r\n", {"l": ["y", "z"]}, 'a: 1\r\nl:\r\n- "y"\r\n- "z"\r\n'),
        ("l:\r\n- x\r\na: 1\r\n", {"l": [], "b": 2}, "l: []\r\na: 1\r\nb: 2\r\n"),
        ("m:\n  x: 1\n  y:\n# z\na: 1\n", {"m": {"x": 2}}, 'm: {"x": 2}\n# z\na: 1\n'),
        ("a: !!str 5\n", {"a": "6"}, 'a: "6"\n'),
        ("a: &x\n- 1\nb: 2\n", {"a": []}, "a: [] \nb: 2\n"),
    ],
)
def test_any_way_of_writing_it_can_be_changed(
    text: str, changes: dict[str, Any], after: str
) -> None:
    assert edited(text, changes) == after


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("a: &x 1\nb: *x\n", {"a": 2}),
        ("a: &x 1\nb: *x\n", {"b": 2}),
        ("a: 1\n...\n", {"b": 2}),
        ("? a\n", {"a": 2}),
        ("{a: 1 # why\n}", {"b": 2}),
    ],
)
def test_what_cannot_be_changed_safely_is_left_to_a_person(
    text: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(ClawError, match="only a person can change"):
        edited(text, changes)


@settings(max_examples=30)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "port": st.integers(0, 65535),
            "greeting_owner": ANY_TEXT,
            "caller_blocklist": st.lists(ANY_TEXT, max_size=3),
            "tts_voice": ANY_TEXT,
            "keep_history": st.booleans(),
            "llm_stop": st.lists(ANY_TEXT, max_size=3),
            "llm_system_prompt": ANY_TEXT,
            "tts_speed": st.floats(0.25, 4),
        },
    ),
    st.sampled_from([OWNERS, EXAMPLE, OWNERS.replace("\n", "\r\n")]),
)
def test_saved_and_read_again_everything_is_there_and_the_comments_too(
    changes: dict[str, Any], text: str
) -> None:
    after = edited(text, changes)

    assert read(after)[0] == read(text)[0] | changes
    assert list(read(after)[0])[: len(read(text)[0])] == list(read(text)[0])
    kept = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in after.splitlines() if line.startswith("#")] == kept

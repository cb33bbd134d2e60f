from pathlib import Path
from typing import Annotated

import msgspec
from hypothesis import given as each
from hypothesis import strategies as st
from msgspec import Meta

from clawctl.cli.example import shipped
from clawctl.config import render, yaml_text
from clawctl.config.load import given
from clawctl.config.scalar import scalar
from clawctl.config.table import settings_table

CHECKED_IN = Path(__file__).parents[2] / "config.example.yaml"


class Acme(msgspec.Struct, frozen=True):
    """The Acme voice"""

    key: Annotated[str, Meta(description="Key.", extra={"secret": True})] = ""
    words: Annotated[tuple[str, ...], Meta(description="Words.")] = ("a",)


def test_the_example_file_is_up_to_date() -> None:
    assert CHECKED_IN.read_text() == shipped(), (
        "python -m clawctl.cli.example > config.example.yaml"
    )


def test_the_example_file_sets_every_key_to_its_default() -> None:
    table = settings_table({"acme": Acme})

    values, _ = yaml_text.read(render.example(table))

    assert list(values) == [row.key for row in table]
    assert given(values, plugins={"acme": Acme}).settings == given(plugins={"acme": Acme}).settings


def test_a_setting_is_shown_with_its_meaning_limits_marks_and_default() -> None:
    text = render.example(settings_table({"acme": Acme}))

    assert (
        """
# Port of all endpoints; 0 takes any free one. A whole number from 0 to 65535. Set on the host
# only. Needs a restart.
port: 8996
"""
        in text
    )
    assert (
        """
# How fast it speaks; lower is slower. A number from 0.25 to 4. Agents may set it.
tts_speed: 1.2
"""
        in text
    )
    assert text.endswith("""
# The Acme voice
# --------------

# Key. Secret. Needs a restart.
acme_key: ""

# Words. Needs a restart.
acme_words: ["a"]
""")
    assert max(map(len, (line for line in text.splitlines() if line.startswith("#")))) <= 98


def test_a_redacted_view_tells_only_whether_there_is_a_secret() -> None:
    secrets = {"auth_passphrase": "hunter2", "agent_token": "hunter2", "acme_key": "hunter2"}
    settings = given(secrets, plugins={"acme": Acme}).settings

    shown = render.redacted(settings)

    assert "hunter2" not in str(shown)
    assert shown["has_auth_passphrase"] is shown["has_agent_token"] is shown["has_acme_key"] is True
    assert shown["has_bearer_token"] is False
    assert not secrets.keys() & shown.keys()
    assert (shown["port"], shown["caller_blocklist"], shown["acme_words"]) == (8996, [], ["a"])


@each(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_being_written_on_one_line(text: str) -> None:
    line = f"key: {scalar(text)}\n"

    assert line.count("\n") == 1
    assert yaml_text.read(line)[0] == {"key": text}

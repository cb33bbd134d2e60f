from collections.abc import Iterator
from types import MappingProxyType
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from clawctl.config.schema import Settings
from clawctl.config.table import aliases, build, by_key, flat, settings_table, table_of
from clawctl.config.values import check
from clawctl.errors import BadSettings


class Acme(msgspec.Struct, frozen=True, kw_only=True):
    """The Acme voice"""

    speed: Annotated[float, Meta(gt=0, le=4, description="Speed.", extra={"live": True})] = 1.5
    key: Annotated[str, Meta(description="Key.", extra={"secret": True})] = ""


def test_every_key_is_there_once_with_a_meaning_and_a_fitting_default() -> None:
    table = settings_table()

    assert len(by_key(table)) == len(table)
    assert all(row.description for row in table)
    for row in table:
        assert check(row.type, row.default) == row.default


def test_a_key_says_how_it_is_named_in_the_environment_and_on_the_command_line() -> None:
    row = by_key(settings_table())["phone_port"]

    assert (row.env, row.flag) == ("GATEWAY_PHONE_PORT", "--phone-port")


def test_a_field_of_a_plugin_is_a_key_that_begins_with_the_plugins_name() -> None:
    rows = by_key(settings_table({"acme": Acme}))

    speed = rows["acme_speed"]
    assert (speed.group, speed.field, speed.default, speed.live) == ("acme", "speed", 1.5, True)
    assert speed.env == "GATEWAY_ACME_SPEED"
    assert rows["acme_key"].secret


def test_a_plugins_name_may_have_a_dash_its_keys_have_none() -> None:
    table = settings_table({"acme-voice": Acme})

    settings = build(table, {"acme_voice_speed": 2.0})

    assert settings.plugins["acme-voice"] == Acme(speed=2.0)


def test_built_settings_hold_the_sections_of_plugins() -> None:
    table = settings_table({"acme": Acme})

    settings = build(table, {"acme_speed": 2.0, "session_ttl": 5.0})

    assert settings.plugins["acme"] == Acme(speed=2.0)
    assert settings.session.session_ttl == 5.0
    assert flat(table, settings) == {
        **{row.key: row.default for row in table},
        "acme_speed": 2.0,
        "session_ttl": 5.0,
    }
    assert table_of(settings) == table


def test_built_settings_cannot_be_changed() -> None:
    settings = build(settings_table({"acme": Acme}), {})
    session: Any = settings.session

    with pytest.raises(AttributeError):
        session.session_ttl = 1.0
    assert isinstance(settings.plugins, MappingProxyType)


def test_nothing_given_makes_the_settings_of_the_schema() -> None:
    assert build(settings_table(), {}) == Settings()


def sections() -> Iterator[tuple[dict[str, Any], str]]:
    class Port(msgspec.Struct, frozen=True):
        port: Annotated[int, Meta(description="A port.")] = 1

    class Bare(msgspec.Struct, frozen=True):
        depth: int = 1

    class Needy(msgspec.Struct, frozen=True):
        depth: Annotated[int, Meta(description="Depth.")]

    class Odd(msgspec.Struct, frozen=True):
        depth: Annotated[int, Meta(ge=1, description="Depth.")] = 0

    class Soft(msgspec.Struct):
        depth: Annotated[int, Meta(description="Depth.")] = 0

    class Port2(msgspec.Struct, frozen=True):
        a_port: Annotated[int, Meta(description="A port.")] = 1

    yield {"phone": Port}, "plugin phone: phone_port is a setting of gateway already"
    yield {"x": Port2, "x_a": Port}, "plugin x_a: x_a_port is a setting of x already"
    yield {"x": Bare}, "plugin x: x_depth needs a description"
    yield {"x": Needy}, "plugin x: x_depth needs a default"
    yield {"x": Soft}, "plugin x: its section Soft must be frozen"
    odd = "must be a whole number from 1, not a number like that"
    yield {"x": Odd}, f"plugin x: the default of x_depth {odd}"


@pytest.mark.parametrize(("plugins", "fault"), list(sections()))
def test_a_section_that_cannot_hold_settings_is_refused(plugins: Any, fault: str) -> None:
    with pytest.raises(BadSettings) as refused:
        settings_table(plugins)

    assert refused.value.faults == [fault]


def test_short_names_lead_to_full_keys() -> None:
    table = settings_table()

    assert aliases(table, "tts") == {
        "lang": "tts_lang",
        "voice": "tts_voice",
        "speed": "tts_speed",
        "model": "tts_model",
    }
    assert aliases(table, "call") == {
        "auto_answer": "call_auto_answer",
        "auto_answer_delay_ms": "call_auto_answer_delay_ms",
    }


def test_a_plugin_named_like_a_group_adds_nothing_to_the_views_of_the_group() -> None:
    table = settings_table({"llm": Acme})

    assert aliases(table, "llm") == aliases(settings_table(), "llm")

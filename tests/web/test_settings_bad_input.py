"""Whatever a stranger posts in place of a setting: nothing changes, and it is never our fault."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
import trio
from hypothesis import given as each
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec import Meta, inspect

from clawctl.bus import Bus, Listener
from clawctl.config.live import Live
from clawctl.config.load import load
from clawctl.config.table import Setting, settings_table
from clawctl.door.app import JsonApp, make_app
from clawctl.engines.chain import TtsChain
from clawctl.errors import BadSettings
from clawctl.web import settings


class Acme(msgspec.Struct, frozen=True):
    """The Acme voice"""

    speed: Annotated[float, Meta(gt=0, le=4, description="Speed.", extra={"live": True})] = 1.5
    key: Annotated[str, Meta(description="Key.", extra={"secret": True})] = ""


TABLE = settings_table({"acme": Acme})
VIEWS = ("tts", "llm", "call")
FILE = "tts_voice: af_sky\nauth_passphrase: blue harvest\n"
PINNED = {"GATEWAY_TTS_SPEED": "1.5"}

NUMBERS = inspect.IntType | inspect.FloatType
LISTS = inspect.VarTupleType | inspect.ListType
# Each kind of JSON value, and the kinds of settings it may fit.
KINDS: list[tuple[st.SearchStrategy[Any], Any]] = [
    (st.none(), ()),
    (st.just(True), inspect.BoolType),
    (st.just(False), inspect.BoolType),
    (st.integers(), NUMBERS),
    (st.floats(-1e9, 1e9).filter(lambda x: x != int(x)), inspect.FloatType),
    (st.text(), inspect.StrType | inspect.LiteralType),
    (st.lists(st.text(max_size=5), min_size=1, max_size=3), LISTS),
    (st.lists(st.none() | st.integers() | st.lists(st.none()), min_size=1), ()),
    (st.dictionaries(st.text(), st.integers()), ()),
]
FAR = st.integers(1, 10**30)


def shapes(of: Any) -> tuple[inspect.Type, ...]:
    shape = inspect.type_info(of)
    while isinstance(shape, inspect.Metadata):
        shape = shape.type
    return shape.types if isinstance(shape, inspect.UnionType) else (shape,)


def unfit(row: Setting) -> list[st.SearchStrategy[Any]]:
    """Each way in which JSON values are of a wrong type or out of range for a setting."""
    wanted = shapes(row.type)
    wrong = [
        values
        for values, kinds in KINDS
        if not kinds or not any(isinstance(w, kinds) for w in wanted)
    ]
    return [*wrong, *(limit for shape in wanted for limit in beyond(shape))]


def beyond(shape: inspect.Type) -> Iterator[st.SearchStrategy[Any]]:
    match shape:
        case inspect.IntType() | inspect.FloatType():
            if (least := shape.ge if shape.ge is not None else shape.gt) is not None:
                yield FAR.map(lambda far: int(least) - far)
            if (most := shape.le if shape.le is not None else shape.lt) is not None:
                yield FAR.map(lambda far: int(most) + far)
        case inspect.StrType():
            yield st.sampled_from(["\0", "a\x1bb", "\x7f"])
            if shape.max_length is not None:
                yield st.just("x" * (shape.max_length + 1))
        case inspect.LiteralType(values=values):
            yield st.text().filter(lambda text: text not in values)
        case inspect.VarTupleType() | inspect.ListType():
            yield st.just(["x" * 5000])
            yield st.just(["\0"])


@contextmanager
def opened(path: Path) -> Iterator[tuple[JsonApp, Live, Listener]]:
    path.write_text(FILE)
    live, bus = Live(load(path, environ=PINNED, plugins={"acme": Acme})), Bus(lambda: 0.0)
    voiceless: Any = object.__new__(TtsChain)
    with bus.listen() as listener:
        yield (
            make_app("test", live, [settings.routes(live, bus, voiceless, lambda: 0)]),
            live,
            listener,
        )


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[JsonApp, Live, Listener]]:
    with opened(tmp_path_factory.mktemp("door") / "config.yaml") as app_live_listener:
        yield app_live_listener


Door = tuple[JsonApp, Live, Listener]


def post(door: Door, body: bytes, *views: str) -> list[tuple[int, str]]:
    """What each view answers; fails if anything but the answers came of it."""
    app, live, listener = door
    before = live.loaded, live.now

    async def ask() -> list[tuple[int, str]]:
        client, headers = app.test_client(), {"Content-Type": "application/json"}
        paths = [f"/api/config/{view}" for view in views]
        replies = [await client.post(path, data=body, headers=headers) for path in paths]
        return [(one.status_code, (await one.get_json())["detail"]) for one in replies]

    answers = trio.run(ask)
    assert (live.loaded, live.now) == before
    assert live.loaded.path is not None
    assert live.loaded.path.read_text() == FILE
    assert listener.take_nowait() == []
    return answers


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.key)
@hypothesis_settings(max_examples=1)
@each(data=st.data())
def test_a_value_that_does_not_fit_changes_nothing_in_any_view(
    door: Door, row: Setting, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from([row.key, row.alias or row.key]))
    bystander = "greeting_owner" if row.key == "max_duration_message" else "max_duration_message"
    for values in unfit(row):
        body = json.dumps({name: data.draw(values), bystander: "Ada"}).encode()
        for code, detail in post(door, body, *VIEWS):
            assert code == (403 if row.host_only else 400)
            assert "harvest" not in detail
            assert row.host_only or blamed(row, detail)


def blamed(row: Setting, detail: str) -> bool:
    """Whether the value is refused, and not only that it was sent to a view of other settings."""
    # A short name may be that of another setting in another view.
    keys = [one.key for one in TABLE if one is row or (row.alias and one.alias == row.alias)]
    names = (*(f"{key}: " for key in keys), f"{row.alias}: there is no such")
    faults = [one for one in detail.split("; ") if "set elsewhere" not in one]
    return any(fault.startswith(names) for fault in faults)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.key)
@hypothesis_settings(max_examples=1)
@each(data=st.data())
def test_a_value_that_does_not_fit_is_refused_on_the_host_as_well(
    door: Door, row: Setting, data: st.DataObject
) -> None:
    _, live, _ = door
    for values in unfit(row):
        value = data.draw(values)
        with pytest.raises(BadSettings) as refused:
            live.change({row.key: value}, by="host")
        assert blamed(row, str(refused.value))


@hypothesis_settings(max_examples=50)
@each(
    st.sampled_from(VIEWS),
    st.dictionaries(
        st.text(min_size=1).filter(lambda key: key not in {row.key for row in TABLE}),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_a_key_that_there_is_not_changes_nothing(
    door: Door, view: str, body: dict[str, Any]
) -> None:
    shorts = {row.alias for row in TABLE if row.alias}
    strange = {key: value for key, value in body.items() if key not in shorts} | {"nope": 1}
    whole = {**strange, "greeting_owner": "Ada", "tts_lang": "de"}

    ((code, detail),) = post(door, json.dumps(whole).encode(), view)

    assert code == 400
    assert "nope: there is no such setting" in detail


@hypothesis_settings(max_examples=30)
@each(st.sampled_from(VIEWS), st.none() | st.booleans() | st.text() | st.lists(st.integers()))
def test_a_body_that_is_no_object_changes_nothing(door: Door, view: str, body: Any) -> None:
    assert post(door, json.dumps(body).encode(), view) == [(400, "the body must be a JSON object")]


@hypothesis_settings(max_examples=50)
@each(st.sampled_from(VIEWS), st.binary(max_size=50))
def test_bytes_that_are_no_json_are_never_our_fault(door: Door, view: str, body: bytes) -> None:
    ((code, detail),) = post(door, b"!" + body, view)

    assert code == 400
    assert detail.startswith("the body is no JSON: ")

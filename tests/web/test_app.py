"""The owner's door as a whole: whatever room is added, it asks who knocks."""

from typing import Any

import pytest
from quart.testing.connections import WebsocketResponseError
from werkzeug.routing import IntegerConverter, Rule

from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.door.app import JsonApp, make_app
from clawctl.web.app import Owner, rooms

# The page holds no data, it asks for the token; logging in and out is how it is shown.
OPEN = {"page", "auth"}


class Nobody:
    """Stands for all that doors lead to; whoever gets so far without a token finds a mistake."""

    def __getattr__(self, name: str) -> "Nobody":
        return self


@pytest.fixture(scope="module")
def app() -> JsonApp:
    live = Live(given({"agent_token": "the-owners-own"}))
    behind: dict[str, Any] = dict.fromkeys(Owner.__dataclass_fields__, Nobody())
    return make_app("test", live, rooms(Owner(**behind | {"live": live})))


def guarded(app: JsonApp, *, sockets: bool) -> list[tuple[str, str]]:
    """Method and path of every door that is not open to everybody."""
    return [
        (method, path_of(app, rule))
        for rule in app.url_map.iter_rules()
        if bool(rule.websocket) is sockets and rule.endpoint.partition(".")[0] not in OPEN
        for method in sorted((rule.methods or {"GET"}) - {"OPTIONS", "HEAD"})
    ]


def path_of(app: JsonApp, rule: Rule) -> str:
    values = {
        name: 1 if isinstance(converter, IntegerConverter) else "tts"
        for name, converter in rule._converters.items()
    }
    built = rule.build(values)
    assert built is not None, rule
    return built[1]


async def test_every_room_asks_for_the_token(app: JsonApp) -> None:
    doors = guarded(app, sockets=False)
    client = app.test_client()
    answers = {
        (method, path): (await client.open(path, method=method)).status_code
        for method, path in doors
    }

    assert {("GET", "/api/status"), ("POST", "/api/config"), ("POST", "/api/warm")} <= set(answers)
    assert {door: code for door, code in answers.items() if code != 401} == {}


async def test_every_socket_asks_for_the_token_at_the_handshake(app: JsonApp) -> None:
    for _, path in guarded(app, sockets=True):
        with pytest.raises(ExceptionGroup) as raised:
            async with app.test_client().websocket(path) as socket:
                await socket.receive()
        (refused,) = raised.value.exceptions
        assert isinstance(refused, WebsocketResponseError)
        assert refused.response.status_code == 401

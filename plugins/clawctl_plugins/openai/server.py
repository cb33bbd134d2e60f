"""One pooled connection to servers of this kind, and what their refusals mean."""

import math
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
import trio

from clawctl.config.schema import Settings
from clawctl.engines.api import Host
from clawctl.errors import EngineFailed

CONNECT_S = 3.0
# Between two pieces of an answer; the chain's own patience is shorter, as a rule.
SILENCE_S = 120.0
KEPT_S = 60.0
# A connection that the server let go while nobody used it may fail once before a byte was answered.
TRIES = 2

# What a status means, as far as whoever runs the gateway can do something about it.
REFUSALS = {
    400: "does not take the request: is the model one for this?",
    401: "refuses the key: look at {key}",
    403: "refuses the key: look at {key}",
    404: "knows no such model or address: look at {address} and {model}",
    413: "finds the request too large",
    422: "does not take the request: is the model one for this?",
    429: "is asked too much, or the account is used up",
}


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """A server, and the settings by which somebody can mend what is wrong with it."""

    base: str
    key: str
    address_setting: str
    model_setting: str

    def url(self, path: str) -> str:
        """`base` with the "/v1" that some write and some do not."""
        base = self.base.rstrip("/")
        return f"{base if urlsplit(base).path.strip('/') else base + '/v1'}/{path}"

    @property
    def name(self) -> str:
        """Host and port: an address may hold what is nobody's business."""
        return urlsplit(self.base).netloc

    def failure(self, what: str) -> EngineFailed:
        return EngineFailed(f"the server at {self.name} {what}")

    def refusal(self, status: int) -> EngineFailed:
        meaning = REFUSALS.get(status, "has a fault of its own" if status >= 500 else "refuses")
        told = meaning.format(
            key="llm_api_key", address=self.address_setting, model=self.model_setting
        )
        return self.failure(f"{told} (status {status})")


@dataclass(frozen=True, slots=True)
class Server:
    """Where requests go is looked up anew each time, so a change of the settings holds at once."""

    http: httpx2.AsyncClient
    host: Host

    @property
    def settings(self) -> Settings:
        return self.host.common()

    @property
    def for_replies(self) -> Place:
        llm = self.settings.llm
        return Place(llm.llm_base_url, llm.llm_api_key, "llm_base_url", "llm_model")

    def for_sound(self, model_setting: str) -> Place:
        """Without a key: `llm_api_key` belongs to another server."""
        return Place(self.settings.stt.mlx_audio_base, "", "mlx_audio_base", model_setting)

    @asynccontextmanager
    async def ask(self, place: Place, path: str, **content: Any) -> AsyncIterator[httpx2.Response]:
        """The answer's beginning; its body is read in the block.

        Raises EngineFailed for whatever goes wrong, never with words of the server: they may
        repeat the key or the caller.
        """
        response = await self._sent(place, path, content)
        try:
            if not response.is_success:
                raise place.refusal(response.status_code)
            yield response
        except httpx2.TimeoutException:
            raise place.failure(f"was silent for {SILENCE_S:g} s") from None
        except (httpx2.HTTPError, httpx2.StreamError):
            raise place.failure("broke off in the middle of its answer") from None
        finally:
            await response.aclose()

    async def _sent(self, place: Place, path: str, content: dict[str, Any]) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {place.key}"} if place.key else {}
        for left in reversed(range(TRIES)):
            request = self.http.build_request("POST", place.url(path), headers=headers, **content)
            try:
                return await self.http.send(request, stream=True)
            except httpx2.ConnectError:
                raise place.failure(
                    f"is not there: start it, or look at {place.address_setting}"
                ) from None
            except httpx2.RemoteProtocolError:
                if not left:
                    raise place.failure("closes the connection without an answer") from None
            except httpx2.TimeoutException:
                raise place.failure("does not answer in time") from None
            except (httpx2.HTTPError, httpx2.InvalidURL):
                raise place.failure("cannot be asked: the connection failed") from None
        raise AssertionError


@asynccontextmanager
async def flowing(source: AsyncIterable[T]) -> AsyncIterator[AsyncIterable[T]]:
    """What comes, read by a task of its own. The library's generators, one in the other, end well
    only where they wait for the server: nobody may raise, or be cancelled, between two pieces."""
    put, pieces = trio.open_memory_channel[T](math.inf)
    failures: list[BaseException] = []

    async def read() -> None:
        with put:
            try:
                async for piece in source:
                    put.send_nowait(piece)
            except (httpx2.HTTPError, httpx2.StreamError) as error:
                failures.append(error)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        try:
            yield pieces
        except BaseException as error:  # noqa: BLE001 - raised below, in no group
            failures.insert(0, error)
        nursery.cancel_scope.cancel()
    while failures:
        raise failures.pop(0)


async def body_of(response: httpx2.Response, most_bytes: int, place: Place) -> bytes:
    """The rest of an answer, of which nothing was read yet."""
    data = bytearray()
    async with flowing(response.aiter_bytes()) as pieces:
        async for piece in pieces:
            data += piece
            if len(data) > most_bytes:
                raise place.failure("answers without end")
    return bytes(data)


@asynccontextmanager
async def open_server(host: Host) -> AsyncIterator[Server]:
    common = host.common()
    remote = any(
        base.startswith("https:") for base in (common.llm.llm_base_url, common.stt.mlx_audio_base)
    )
    async with httpx2.AsyncClient(
        timeout=httpx2.Timeout(SILENCE_S, connect=CONNECT_S),
        limits=httpx2.Limits(max_keepalive_connections=32, keepalive_expiry=KEPT_S),
        trust_env=remote,
    ) as http:
        yield Server(http, host)

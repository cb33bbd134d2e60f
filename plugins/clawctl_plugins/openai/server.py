"""One pooled connection to servers of this kind, and what their refusals mean."""

import math
import ssl
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpcore2  # noqa: F401 - httpx2 would import it with its first client, in the event loop
import httpx2
import trio

from clawctl.config.schema import Settings
from clawctl.engines.api import Host
from clawctl.errors import EngineFailed

CONNECT_S = 3.0
# Between two pieces of an answer; the chain's own patience is shorter, as a rule.
SILENCE_S = 120.0
KEPT_S = 60.0
# Why it refuses is asked of a server for so long, and read no further.
REFUSAL_S = 1.0
REFUSAL_BYTES = 64 * 1024
# A quarter of an hour at 24 kHz.
MOST_SOUND_BYTES = 45_000_000

# What a status means, as far as whoever runs the gateway can do something about it.
REFUSALS = {
    400: "does not take the request: is the model one for this?",
    401: "{key}",
    403: "{key}",
    404: "knows no such model or address: look at {address} and {model}",
    413: "finds the request too large",
    422: "does not take the request: is the model one for this?",
    429: "is asked too much, or the account is used up",
}
MEANINGS = {
    3: "is somewhere else by now: look at {address}",
    # So mlx-audio answers for a model that it does not find.
    5: "has a fault of its own, or cannot load the model: look at its log, and at {model}",
}


class Refused(EngineFailed):
    """The server answered, and did nothing. `words` are its own: to be looked at, never told, for
    they may repeat the key or the caller."""

    def __init__(self, told: str, status: int, words: str) -> None:
        super().__init__(told)
        self.http_status, self.words = status, words


@dataclass(frozen=True, slots=True)
class Place:
    """A server, and the settings by which somebody can mend what is wrong with it."""

    base: str
    key: str
    address_setting: str
    model_setting: str
    key_setting: str = ""

    def url(self, path: str) -> str:
        """`base` with the "/v1" that some write and some do not; its query stays behind."""
        parts = urlsplit(self.base)
        root = parts.path.rstrip("/") or "/v1"
        return parts._replace(path=f"{root}/{path}", fragment="").geturl()

    @property
    def headers(self) -> dict[str, str]:
        if not (self.key.isascii() and self.key.isprintable()):
            raise self.failure(f"cannot be shown such a key: look at {self.key_setting}")
        # What comes packed all the same, `plain` refuses.
        unpacked = {"Accept-Encoding": "identity"}
        return unpacked | ({"Authorization": f"Bearer {self.key}"} if self.key else {})

    @property
    def name(self) -> str:
        """Host and port: an address may hold what is nobody's business."""
        return urlsplit(self.base).netloc

    def failure(self, what: str) -> EngineFailed:
        return EngineFailed(f"the server at {self.name} {what}")

    def refusal(self, status: int, words: str = "") -> "Refused":
        meaning = REFUSALS.get(status) or MEANINGS.get(status // 100, "refuses")
        wants = f"refuses the key: look at {self.key_setting}"
        told = meaning.format(
            key=wants if self.key_setting else "wants a key, and none is kept for this one",
            address=self.address_setting,
            model=self.model_setting,
        )
        return Refused(f"the server at {self.name} {told} (status {status})", status, words)


@dataclass
class Clients:
    """One for servers in the clear, which are near: nothing in the environment sends those through
    a proxy. One for the others, with the proxies and certificates that the environment names."""

    near: httpx2.AsyncClient
    opened: AsyncExitStack
    _far: httpx2.AsyncClient | None = None
    _opening: trio.Lock = field(default_factory=trio.Lock)

    async def of(self, place: Place) -> httpx2.AsyncClient:
        """Raises EngineFailed if the environment names what cannot be used."""
        if urlsplit(place.base).scheme != "https":
            return self.near
        async with self._opening:
            if self._far is None:
                try:
                    # Loading the certificates takes 100 ms.
                    verify = await trio.to_thread.run_sync(httpx2.create_ssl_context)
                    far = _client(verify, trust_env=True)
                except OSError:
                    raise place.failure(
                        "cannot be asked: SSL_CERT_FILE names no certificates"
                    ) from None
                except (ValueError, ImportError):
                    raise place.failure(
                        "cannot be asked: HTTPS_PROXY or ALL_PROXY names no proxy of use"
                    ) from None
                self._far = await self.opened.enter_async_context(far)
        return self._far


def _client(verify: ssl.SSLContext, *, trust_env: bool) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        verify=verify,
        timeout=httpx2.Timeout(SILENCE_S, connect=CONNECT_S),
        limits=httpx2.Limits(max_keepalive_connections=32, keepalive_expiry=KEPT_S),
        trust_env=trust_env,
    )


@dataclass
class Trace:
    """Whether a request went over a connection made for it, rather than over one kept."""

    connected: bool = False

    async def __call__(self, event: str, _: Any) -> None:
        # Before it stands what it goes through: a SOCKS proxy has a name of its own there.
        self.connected = self.connected or event.endswith(".connect_tcp.started")


@dataclass(frozen=True, slots=True)
class Server:
    """Where requests go is looked up anew each time, so a change of the settings holds at once."""

    clients: Clients
    host: Host

    @property
    def settings(self) -> Settings:
        return self.host.common()

    @property
    def for_replies(self) -> Place:
        llm = self.settings.llm
        return Place(llm.llm_base_url, llm.llm_api_key, "llm_base_url", "llm_model", "llm_api_key")

    def for_sound(self, model_setting: str) -> Place:
        """Without a key: `llm_api_key` belongs to another server."""
        return Place(self.settings.stt.mlx_audio_base, "", "mlx_audio_base", model_setting)

    @asynccontextmanager
    async def ask(self, place: Place, path: str, **content: Any) -> AsyncIterator[httpx2.Response]:
        """The answer's beginning; its body is read in the block.

        Raises EngineFailed for whatever goes wrong, Refused if nothing was done, never with words
        of the server: they may repeat the key or the caller.
        """
        response = await self._sent(place, path, content)
        try:
            plain(response, place)
            if not response.is_success:
                raise place.refusal(response.status_code, await _words_of(response, place))
            yield response
        except httpx2.TimeoutException:
            raise place.failure(f"was silent for {SILENCE_S:g} s") from None
        except (httpx2.HTTPError, httpx2.StreamError):
            raise place.failure("broke off in the middle of its answer") from None
        finally:
            await response.aclose()

    async def _sent(self, place: Place, path: str, content: dict[str, Any]) -> httpx2.Response:
        """Sent again as long as a kept connection turns out to have been let go by the server."""
        client, headers = await self.clients.of(place), place.headers
        while True:
            trace = Trace()
            try:
                request = client.build_request(
                    "POST",
                    place.url(path),
                    headers=headers,
                    extensions={"trace": trace},
                    **content,
                )
                # As one piece: before each of several, others might have their turn.
                request.read()
                return await client.send(request, stream=True)
            except httpx2.ConnectError as error:
                raise place.failure(_unconnected(error, place)) from None
            except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
                if trace.connected:
                    raise place.failure("closes the connection without an answer") from None
            except httpx2.TimeoutException:
                raise place.failure("does not answer in time") from None
            except (httpx2.HTTPError, httpx2.InvalidURL):
                raise place.failure(
                    f"cannot be asked: look at {place.address_setting}, and at HTTPS_PROXY"
                ) from None


def _unconnected(error: BaseException, place: Place) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "shows a certificate that nobody here trusts: SSL_CERT_FILE names those trusted"
        if isinstance(cause, ssl.SSLError):
            return f"speaks no TLS that is understood: look at {place.address_setting}"
        cause = cause.__cause__ or cause.__context__
    return f"is not there: start it, or look at {place.address_setting}"


def plain(response: httpx2.Response, place: Place) -> None:
    """Raises EngineFailed for a packed answer: a small one may be an endless one."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise place.failure("packs its answer, though it is asked not to")


async def _words_of(response: httpx2.Response, place: Place) -> str:
    """As far as they come at once."""
    with trio.move_on_after(REFUSAL_S), suppress(EngineFailed, httpx2.HTTPError):
        return (await body_of(response, REFUSAL_BYTES, place)).decode(errors="replace")
    return ""


@asynccontextmanager
async def flowing(
    response: httpx2.Response, most_bytes: int, place: Place
) -> AsyncIterator[AsyncIterable[bytes]]:
    """The body, read by a task of its own. The library's generators, one in the other, end well
    only where they wait for the server: nobody may raise, or be cancelled, between two pieces.

    A server that sends more than `most_bytes` has failed, also while nobody takes a piece.
    """
    put, pieces = trio.open_memory_channel[bytes](math.inf)
    failures: list[BaseException] = []

    async def read() -> None:
        with put:
            try:
                async for piece in response.aiter_bytes():
                    if response.num_bytes_downloaded <= most_bytes:
                        put.send_nowait(piece)
                    elif not failures:
                        failures.append(place.failure("answers without end"))
                        nursery.cancel_scope.cancel()
            except (httpx2.HTTPError, httpx2.StreamError) as error:
                failures.append(error)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        try:
            yield pieces
        except trio.Cancelled:
            raise
        except BaseException as error:  # noqa: BLE001 - raised below, in no group
            failures.insert(0, error)
        nursery.cancel_scope.cancel()
    while failures:
        raise failures.pop(0)


async def body_of(response: httpx2.Response, most_bytes: int, place: Place) -> bytes:
    """The rest of an answer, of which nothing was read yet."""
    data = bytearray()
    # Given up where it waits for the server, as `flowing` says.
    with trio.CancelScope() as scope:
        async for piece in response.aiter_bytes():
            data += piece
            if len(data) > most_bytes:
                scope.cancel()
    if len(data) > most_bytes:
        raise place.failure("answers without end")
    return bytes(data)


@asynccontextmanager
async def open_clients() -> AsyncIterator[Clients]:
    async with AsyncExitStack() as opened:
        near = _client(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False)
        await opened.enter_async_context(near)
        yield Clients(near, opened)


@asynccontextmanager
async def open_server(host: Host) -> AsyncIterator[Server]:
    async with open_clients() as clients:
        yield Server(clients, host)

"""Asking a running gateway over HTTP."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import httpx2
import msgspec

from clawctl.errors import (
    BadInput,
    ClawError,
    Conflict,
    Forbidden,
    NoSuch,
    NotAuthorised,
    TooSlow,
    Unreachable,
)

# A gateway answers most questions from memory; one that does not is not well.
PATIENCE_S = 5.0

REFUSALS: dict[int, type[ClawError]] = {
    400: BadInput,
    401: NotAuthorised,
    403: Forbidden,
    404: NoSuch,
    409: Conflict,
}
Query = Mapping[str, str | int | float]
NOTHING: Query = MappingProxyType({})


def path(*parts: str) -> str:
    """`/api/sessions/a%2Fb`: parts that came from a user, each as one segment."""
    return "".join("/" + quote(part, safe="") for part in parts)


class RestClient:
    """One gateway at `url`; raises Unreachable, TooSlow, or what the gateway refused."""

    def __init__(self, url: str, token: str = "", patience_s: float = PATIENCE_S) -> None:
        self.url = url.rstrip("/")
        self._patience_s = patience_s
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Plain HTTP on loopback: no proxy, and no certificates, whose loading takes 100 ms.
        self._http = httpx2.Client(
            base_url=self.url, headers=headers, timeout=patience_s, trust_env=False, verify=False
        )

    def get(self, path: str, query: Query = NOTHING) -> Any:
        return self._content(self._ask("GET", path, params=dict(query)))

    def post(self, path: str, body: Any = None, *, patience_s: float | None = None) -> Any:
        """`body` is anything msgspec can encode; None sends none."""
        return self._content(self._ask("POST", path, patience_s=patience_s, **_json(body)))

    def delete(self, path: str) -> Any:
        return self._content(self._ask("DELETE", path))

    def sound(self, path: str, body: Any, *, patience_s: float) -> bytes:
        """A WAV, from a door that answers with one."""
        asked = _json(body)
        asked["headers"] = {**asked.get("headers", {}), "Accept": "audio/wav"}
        reply = self._ask("POST", path, patience_s=patience_s, **asked)
        if not reply.is_success:
            self._content(reply)
        return bytes(reply.content)

    @contextmanager
    def lines(self, path: str, body: Any = None, *, patience_s: float) -> Iterator[Iterator[Any]]:
        """The answer of a POST as it comes, one JSON value a line; `patience_s` between two."""
        with (
            self._translated(),
            self._http.stream("POST", path, timeout=patience_s, **_json(body)) as reply,
        ):
            if not reply.is_success:
                reply.read()
                self._content(reply)
            yield (msgspec.json.decode(line) for line in reply.iter_lines() if line.strip())

    def _ask(self, method: str, path: str, *, patience_s: float | None = None, **asked: Any) -> Any:
        timeout = self._patience_s if patience_s is None else patience_s
        with self._translated():
            return self._http.request(method, path, timeout=timeout, **asked)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except httpx2.TimeoutException:
            raise TooSlow(
                f"the gateway at {self.url} did not answer in time; see how it is: clawctl status"
            ) from None
        except (httpx2.TransportError, httpx2.InvalidURL, httpx2.UnsupportedProtocol):
            raise Unreachable(
                f"no gateway answers at {self.url}; start one with 'clawctl serve'"
            ) from None

    def _content(self, reply: httpx2.Response) -> Any:
        try:
            content = reply.json()
        except ValueError:
            raise Unreachable(f"what answers at {self.url} is not a gateway") from None
        if reply.is_success:
            return content
        detail = content.get("detail", "") if isinstance(content, dict) else ""
        raise REFUSALS.get(reply.status_code, ClawError)(detail or f"status {reply.status_code}")


def _json(body: Any) -> dict[str, Any]:
    if body is None:
        return {}
    return {
        "content": msgspec.json.encode(body),
        "headers": {"Content-Type": "application/json"},
    }

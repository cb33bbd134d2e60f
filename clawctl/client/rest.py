"""Asking a running gateway over HTTP."""

from typing import Any

import httpx2

from clawctl.errors import (
    BadInput,
    ClawError,
    Conflict,
    NoSuch,
    NotAuthorised,
    TooSlow,
    Unreachable,
)

# A gateway answers these from memory; one that does not is not well.
PATIENCE_S = 5.0

REFUSALS: dict[int, type[ClawError]] = {
    400: BadInput,
    401: NotAuthorised,
    403: NotAuthorised,
    404: NoSuch,
    409: Conflict,
}


class RestClient:
    """One gateway at `url`; raises Unreachable, TooSlow, or what the gateway refused."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Plain HTTP on loopback: no proxy, and no certificates, whose loading takes 100 ms.
        self._http = httpx2.Client(
            base_url=self.url, headers=headers, timeout=PATIENCE_S, trust_env=False, verify=False
        )

    def get(self, path: str) -> Any:
        try:
            reply = self._http.get(path)
        except httpx2.TimeoutException:
            raise TooSlow(
                f"the gateway at {self.url} did not answer within {PATIENCE_S:g} s"
            ) from None
        except httpx2.TransportError:
            raise Unreachable(
                f"no gateway answers at {self.url}; start one with 'clawctl serve'"
            ) from None
        return self._content(reply)

    def _content(self, reply: httpx2.Response) -> Any:
        try:
            content = reply.json()
        except ValueError:
            raise Unreachable(f"what answers at {self.url} is not a gateway") from None
        if reply.is_success:
            return content
        detail = content.get("detail", "") if isinstance(content, dict) else ""
        raise REFUSALS.get(reply.status_code, ClawError)(detail or f"status {reply.status_code}")
